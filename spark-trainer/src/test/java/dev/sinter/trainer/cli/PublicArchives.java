package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;

/** Files and archives as publishers of collections make them, of a few pixels. */
final class PublicArchives {
  private static final int GRAY = BufferedImage.TYPE_BYTE_GRAY;
  private final Random random = new Random(7);

  /** An image of noise; the extension says the format. */
  void image(Path file, int width, int height, int type) throws IOException {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, 0xff000000 | random.nextInt(1 << 24));
      }
    }
    save(image, file);
  }

  /** A mask that is 255 in a square and 0 elsewhere. */
  void mask(Path file, int side, int left, int top, int square) throws IOException {
    BufferedImage image = new BufferedImage(side, side, GRAY);
    for (int i = 0; i < square * square; i++) {
      image.getRaster().setSample(left + i % square, top + i / square, 0, 255);
    }
    save(image, file);
  }

  private static void save(BufferedImage image, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    String name = file.toString();
    assertThat(ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile()))
        .isTrue();
  }

  /** Signed 16-bit noise as a Hounsfield scale has it. */
  byte[] noise(int voxels) {
    ByteBuffer values = ByteBuffer.allocate(2 * voxels).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < voxels; i++) {
      values.putShort((short) (random.nextInt(1500) - 1000));
    }
    return values.array();
  }

  /** Labels in equal bands of voxels: each of them is there. */
  static byte[] bands(int voxels, int... labels) {
    byte[] values = new byte[voxels];
    for (int i = 0; i < voxels; i++) {
      values[i] = (byte) labels[(int) ((long) i * labels.length / voxels)];
    }
    return values;
  }

  /** A {@code .nii.gz} of signed 16-bit or unsigned 8-bit values with voxels of 1 x 1 x 2 mm. */
  static void nifti(Path file, byte[] values, int... extents) throws IOException {
    int voxels = 1;
    for (int extent : extents) {
      voxels *= extent;
    }
    int bytes = values.length / voxels;
    ByteBuffer b = ByteBuffer.allocate(352).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(0, 348).putShort(40, (short) extents.length).putFloat(76, 1);
    for (int axis = 0; axis < 7; axis++) {
      b.putShort(42 + 2 * axis, (short) (axis < extents.length ? extents[axis] : 1));
      b.putFloat(80 + 4 * axis, axis == 2 ? 2 : 1);
    }
    b.putShort(70, (short) (bytes == 2 ? 4 : 2)).putShort(72, (short) (8 * bytes));
    b.putFloat(108, 352).putFloat(112, 1).put(123, (byte) 2).putShort(254, (short) 1);
    b.putFloat(280, 1).putFloat(300, 1).putFloat(320, 2).put(344, new byte[] {'n', '+', '1', 0});
    Files.createDirectories(file.getParent());
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(b.array());
      out.write(values);
    }
  }

  /** MedMNIST's container: images of noise, and labels 0, 1, ... in turn for each split. */
  void medMnist(Path file, int classes, int perSplit, String extents, int pixels)
      throws IOException {
    Files.createDirectories(file.getParent());
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (String split : List.of("train", "val", "test")) {
        byte[] images = new byte[perSplit * pixels];
        random.nextBytes(images);
        byte[] labels = new byte[perSplit];
        for (int i = 0; i < perSplit; i++) {
          labels[i] = (byte) (i % classes);
        }
        zip.putNextEntry(new ZipEntry(split + "_images.npy"));
        zip.write(npy("(" + perSplit + ", " + extents + ")", images));
        zip.putNextEntry(new ZipEntry(split + "_labels.npy"));
        zip.write(npy("(" + perSplit + ", 1)", labels));
      }
    }
  }

  private static byte[] npy(String shape, byte[] values) throws IOException {
    String text = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }";
    String header = text + " ".repeat(63 - (10 + text.length()) % 64) + "\n";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(header.length() & 0xff);
    out.write(header.length() >> 8);
    out.write(header.getBytes(StandardCharsets.US_ASCII));
    out.write(values);
    return out.toByteArray();
  }

  static void text(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  /** All that is in a folder, zipped. */
  static void zip(Path folder, Path archive) throws IOException {
    Files.createDirectories(archive.getParent());
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(archive));
        Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new ZipEntry(folder.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
  }

  /** All that is in a folder, by tar; packed when the archive ends in gz. */
  static void tar(Path folder, Path archive) throws Exception {
    Files.createDirectories(archive.getParent());
    String options = archive.toString().endsWith("gz") ? "-czf" : "-cf";
    Process tar =
        new ProcessBuilder("tar", options, archive.toString(), "-C", folder.toString(), ".")
            .inheritIO()
            .start();
    assertThat(tar.waitFor()).isZero();
  }

  /** What Zenodo's API says of a file of the mirror. */
  static void zenodo(Path mirror, String record, String name) throws IOException {
    Path file = mirror.resolve("zenodo.org/records/" + record + "/files/" + name);
    text(
        mirror.resolve("zenodo.org/api/records/" + record + "/files/" + name),
        String.format(
            Locale.ROOT,
            "{\"key\": \"%s\", \"checksum\": \"md5:%s\", \"size\": %d, \"links\": {}}",
            name,
            md5(file),
            Files.size(file)));
  }

  static String md5(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("MD5").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
