package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceVerifierTest {
  @TempDir Path folder;

  /** A volume of one row along x. */
  private String volume(String name, int frames, float... values) throws IOException {
    ByteBuffer b = ByteBuffer.allocate(352 + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(0, 348).put(344, new byte[] {'n', '+', '1', 0}).putFloat(108, 352);
    b.putShort(70, (short) 16);
    int[] dimensions = {4, values.length / frames, 1, 1, frames};
    for (int i = 0; i < dimensions.length; i++) {
      b.putShort(40 + 2 * i, (short) dimensions[i]);
    }
    for (int i = 0; i < values.length; i++) {
      b.putFloat(352 + 4 * i, values[i]);
    }
    return Files.write(folder.resolve(name), b.array()).toUri().toString();
  }

  private String image(String name, int type, int width) throws IOException {
    BufferedImage image = new BufferedImage(width, 1, type);
    for (int x = 0; x < width; x++) {
      image.getRaster().setSample(x, 0, 0, x);
    }
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file.toUri().toString();
  }

  private SourceFacts verify(String path, String mask) {
    String root = folder.toUri().toString().replaceFirst("/$", "");
    SourceEntry entry =
        SourceEntries.ofFile(
            new SourceEntry.Place(root, root),
            path.substring(root.length() + 1),
            mask.isEmpty() ? "" : mask.substring(root.length() + 1),
            -1);
    return verify(entry);
  }

  private static SourceFacts verify(SourceEntry entry) {
    SourceReading reading =
        new SourceReading(new Configuration(), new SourceNames("salt", List.of()));
    return SourceVerifier.verify(0, entry, new SourceGeometry(2, Transforms.NONE), reading);
  }

  @Test
  void rejectsWhatResamplingMakesTooLargeForAnArray() throws IOException {
    volume("v.nii", 1, 1, 2);
    String root = folder.toUri().toString().replaceFirst("/$", "");
    SourceEntry entry = SourceEntries.ofFile(new SourceEntry.Place(root, root), "v.nii", "", -1);
    SourceReading reading =
        new SourceReading(new Configuration(), new SourceNames("salt", List.of()));
    for (double spacing : new double[] {1e-3, 1e-12}) {
      SourceGeometry finer =
          new SourceGeometry(
              2,
              new Transforms(
                  List.of(spacing, spacing, spacing),
                  Transforms.Crop.NONE,
                  List.of(),
                  List.of(),
                  List.of(),
                  Transforms.Normalize.AUTO));
      assertThat(SourceVerifier.verify(0, entry, finer, reading).rejected())
          .map(Rejection::code)
          .contains("IMAGE_TOO_LARGE");
    }
    assertThat(SourceVerifier.isAddressable(512, 1024, 1023, 1)).isTrue();
    assertThat(SourceVerifier.isAddressable(512, 1024, 1024, 1)).isFalse();
  }

  /** A sample beyond the end of its array is what no reader foresees. */
  @Test
  void rejectsWhatAReaderDidNotForesee() throws IOException {
    new TinyCollection(folder).npz("tiny.npz", List.of("train"), 2);
    String root = folder.toUri().toString().replaceFirst("/$", "");
    SourceEntry entry =
        new SourceEntry(
            new SourceEntry.Place(root, root),
            "tiny.npz/train/000002",
            "",
            List.of(),
            new SourceEntry.Member("tiny.npz", "train_images", 2),
            0,
            "",
            "",
            64,
            0);
    assertThat(verify(entry).rejected())
        .contains(
            new Rejection(
                "tiny.npz/train/000002",
                "IMAGE_UNREADABLE",
                "it cannot be decoded: IndexOutOfBoundsException"));
  }

  private void assertRejected(String path, String mask, String code) {
    assertThat(verify(path, mask).rejected()).map(Rejection::code).contains(code);
  }

  @Test
  void rejectsValuesThatCannotBeLearntFrom() throws IOException {
    assertThat(verify(volume("good.nii", 1, 1, 2), "").rejected()).isEmpty();
    assertRejected(volume("nan.nii", 1, 1, Float.NaN), "", "NON_FINITE_VALUES");
    assertRejected(volume("inf.nii", 1, 1, Float.NEGATIVE_INFINITY), "", "NON_FINITE_VALUES");
    assertRejected(volume("frames.nii", 2, 1, 2), "", "VOLUME_NOT_3D");
    assertRejected(folder.resolve("none.nii").toUri().toString(), "", "SOURCE_UNREADABLE");
  }

  @Test
  void findsTheVoxelsBesideTheirHeader() throws IOException {
    String alone = volume("alone.nii", 1, 1, 2);
    byte[] file = Files.readAllBytes(folder.resolve("alone.nii"));
    file[345] = 'i';
    ByteBuffer.wrap(file).putInt(108, 0);
    Files.write(folder.resolve("pair.hdr"), java.util.Arrays.copyOf(file, 348));
    String header = folder.resolve("pair.hdr").toUri().toString();
    assertRejected(header, "", "NIFTI_IMAGE_MISSING");
    Files.write(folder.resolve("pair.img"), java.util.Arrays.copyOfRange(file, 352, 360));
    assertThat(verify(header, "").pixels()).isEqualTo(verify(alone, "").pixels());
    Sha256 content = verify(header, "").content();
    long stamp = stampOfPair();
    String voxels = folder.resolve("pair.img").toUri().toString();
    assertThat(verify(voxels, "").pixels()).isEqualTo(verify(alone, "").pixels());
    Files.setLastModifiedTime(
        Files.write(folder.resolve("pair.img"), new byte[8]),
        FileTime.fromMillis(System.currentTimeMillis() + 5000));
    assertThat(verify(header, "").content()).isNotEqualTo(content);
    assertThat(stampOfPair()).isNotEqualTo(stamp);
  }

  private long stampOfPair() {
    return FileListing.of(folder.toString(), new Configuration()).stream()
        .filter(item -> item.relative().equals("pair.hdr"))
        .mapToLong(FileListing.Item::stamp)
        .sum();
  }

  @Test
  void rejectsComplexNumbersAndTakesChannelsOfVolumes() throws IOException {
    String alone = volume("alone.nii", 1, 1, 2);
    byte[] file = Files.readAllBytes(folder.resolve("alone.nii"));
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    b.putShort(42, (short) 1).putShort(70, (short) 32);
    Files.write(folder.resolve("complex.nii"), file);
    assertRejected(folder.resolve("complex.nii").toUri().toString(), "", "VALUES_NOT_REAL");
    b.putShort(42, (short) 2).putShort(70, (short) 2304);
    Files.write(folder.resolve("colour.nii"), file);
    assertThat(verify(folder.resolve("colour.nii").toUri().toString(), "").rejected()).isEmpty();
    assertThat(verify(alone, "").rejected()).isEmpty();
  }

  @Test
  void rejectsMasksWithoutOneWholeNumberPerPixel() throws IOException {
    String volume = volume("v.nii", 1, 1, 2);
    assertThat(verify(volume, volume("mask.nii", 1, 0, 3)).maskValues()).containsExactly(0, 3);
    assertRejected(volume, volume("half.nii", 1, 0, 0.5f), "MASK_NOT_INTEGER");
    assertRejected(volume, volume("negative.nii", 1, 0, -1), "MASK_NOT_INTEGER");
    assertRejected(volume, volume("longer.nii", 1, 0, 1, 1), "MASK_SIZE_MISMATCH");
    String gray = image("gray.png", BufferedImage.TYPE_BYTE_GRAY, 80);
    assertRejected(gray, image("red.png", BufferedImage.TYPE_INT_RGB, 80), "MASK_NOT_GRAY");
    assertRejected(gray, gray, "TOO_MANY_MASK_VALUES");
  }

  private SourceFacts filled(String name, int type, int shift, int scale) throws IOException {
    BufferedImage image = new BufferedImage(9, 1, type);
    int bands = image.getRaster().getNumBands();
    for (int x = 0; x < 9; x++) {
      for (int band = 0; band < bands; band++) {
        image.getRaster().setSample(x, 0, band, 100 + scale * x + shift * band);
      }
    }
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return verify(file.toUri().toString(), "");
  }

  @Test
  void blankImagesAreNoCopiesAndAGrayColourImageIsItsGrayOne() throws IOException {
    int gray = BufferedImage.TYPE_BYTE_GRAY;
    int colour = BufferedImage.TYPE_3BYTE_BGR;
    SourceFacts blank = filled("blank.png", gray, 0, 0);
    assertThat(blank.constant()).isTrue();
    assertThat(filled("other.png", gray, 0, 0).pixels()).isNotEqualTo(blank.pixels());
    assertThat(filled("blank.png", gray, 0, 0).pixels()).isEqualTo(blank.pixels());
    SourceFacts ramp = filled("ramp.png", gray, 0, 1);
    assertThat(filled("copy.png", gray, 0, 1).pixels()).isEqualTo(ramp.pixels());
    assertThat(filled("grayish.png", colour, 0, 1).pixels()).isEqualTo(ramp.pixels());
    assertThat(filled("colour.png", colour, 1, 1).pixels()).isNotEqualTo(ramp.pixels());
  }
}
