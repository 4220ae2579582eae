package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.SourceFormats;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeometryAgreementTest {
  private static final String HIPPOCAMPUS = "shared/data/seg3d/msd_hippocampus";

  @TempDir Path folder;

  /** 101 x 3 x 2 voxels of 0 and 1, with an sform of the given rows; none of no rows. */
  private Path volume(String name, float... rows) throws IOException {
    int size = 101 * 3 * 2;
    ByteBuffer b = ByteBuffer.allocate(352 + size).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(0, 348).put(344, new byte[] {'n', '+', '1', 0}).putFloat(108, 352);
    b.putShort(70, (short) 2).putShort(72, (short) 8);
    int[] dimensions = {3, 101, 3, 2};
    for (int i = 0; i < dimensions.length; i++) {
      b.putShort(40 + 2 * i, (short) dimensions[i]).putFloat(76 + 4 * i, 1);
    }
    b.putShort(254, (short) (rows.length == 0 ? 0 : 1));
    for (int i = 0; i < rows.length; i++) {
      b.putFloat(280 + 4 * i, rows[i]);
    }
    b.put(352, (byte) 1);
    return Files.write(folder.resolve(name), b.array());
  }

  private static RawSource read(Path file) throws IOException {
    return SourceFormats.read(
        new HiddenFile(file.toUri().toString(), "shown", new Configuration()));
  }

  private Path image() throws IOException {
    return volume("image.nii", 2, 0, 0, -90, 0, 1, 0, 7, 0, 0, 1, 5);
  }

  private boolean agrees(float... rows) throws IOException {
    return GeometryAgreement.agree(read(image()), read(volume("other.nii", rows)));
  }

  @Test
  void takesTheSamePlaceAndTheRoundingOfHeaders() throws IOException {
    assertThat(agrees(2, 0, 0, -90, 0, 1, 0, 7, 0, 0, 1, 5)).isTrue();
    assertThat(agrees(2.001f, 0.0005f, 0, -90.2f, 0, 1, 0, 7.1f, 0, 0, 0.9995f, 5)).isTrue();
  }

  @Test
  void tellsOtherOriginsDirectionsAndSpacings() throws IOException {
    assertThat(agrees(2, 0, 0, -90.6f, 0, 1, 0, 7, 0, 0, 1, 5)).isFalse();
    assertThat(agrees(-2, 0, 0, 110, 0, 1, 0, 7, 0, 0, 1, 5)).as("mirrored").isFalse();
    assertThat(agrees(2.01f, 0, 0, -90.5f, 0, 1, 0, 7, 0, 0, 1, 5)).isFalse();
    assertThat(agrees(2, 0, 0, -90, 0, 1, 0, 7, 0, 0, 1.01f, 5)).isFalse();
  }

  @Test
  void comparesNothingThatIsNotStated() throws IOException {
    assertThat(agrees()).isTrue();
    assertThat(GeometryAgreement.agree(read(volume("none.nii")), read(image()))).isTrue();
  }

  @Test
  void rejectsMasksAndChannelsOfAnotherPlace() throws IOException {
    Path image = image();
    Path mask = volume("mask.nii", -2, 0, 0, 110, 0, 1, 0, 7, 0, 0, 1, 5);
    String root = folder.toUri().toString().replaceFirst("/$", "");
    SourceEntry entry =
        SourceEntries.ofFile(new SourceEntry.Place(root, root), "image.nii", "mask.nii", -1);
    SourceReading reading =
        new SourceReading(new Configuration(), new SourceNames("salt", List.of()));
    assertThat(
            SourceVerifier.verify(0, entry, new SourceGeometry(2, Transforms.NONE), reading)
                .rejected())
        .map(Rejection::code)
        .contains("MASK_GEOMETRY_MISMATCH");
    RawSource first = read(image);
    RawSource second = read(mask);
    assertThatThrownBy(() -> SourceReading.joined("shown", List.of(first, second)))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("CHANNELS_DIFFER"))
        .hasMessageContaining("(-90.000, 7.000, 5.000) mm along RAS")
        .hasMessageContaining("along LAS");
  }

  @Test
  void takesAllOfHippocampus() throws IOException {
    Path above = Path.of("").toAbsolutePath();
    while (above.getParent() != null && !Files.isDirectory(above.resolve(HIPPOCAMPUS))) {
      above = above.getParent();
    }
    Path collection = above.resolve(HIPPOCAMPUS);
    Path images = collection.resolve("images");
    assumeTrue(Files.isDirectory(images), "the data of development is not here");
    int pairs = 0;
    try (Stream<Path> files = Files.list(images)) {
      for (Path image :
          files.filter(f -> f.getFileName().toString().matches("hippo.*\\.nii\\.gz")).toList()) {
        Path mask = collection.resolve("labels").resolve(image.getFileName());
        assertThat(GeometryAgreement.agree(read(image), read(mask))).as("%s", image).isTrue();
        pairs++;
      }
    }
    assertThat(pairs).isGreaterThan(0);
  }
}
