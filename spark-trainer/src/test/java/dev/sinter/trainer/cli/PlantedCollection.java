package dev.sinter.trainer.cli;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * A collection with patients' identifiers wherever it has names: folders, files, a table, and tags
 * of DICOM files.
 */
final class PlantedCollection {
  /** In names of folders and files, and in the table. */
  static final List<String> IN_NAMES = List.of("Schmidt", "zebra-ward", "MRN4711");

  /** In tags of DICOM files. */
  static final List<String> IN_TAGS = List.of("Heinrich", "19470312", "PID0815");

  private static final int SIDE = 8;
  private static final int PATIENTS = 12;

  private PlantedCollection() {}

  /**
   * Writes images of two classes and of several formats, a few that cannot be read, and a table.
   *
   * @return the table
   */
  static Path write(Path folder) throws IOException {
    Random random = new Random(5);
    StringBuilder table = new StringBuilder("file,label,who\n");
    for (int patient = 0; patient < PATIENTS; patient++) {
      String name = IN_NAMES.get(0) + "_" + patient;
      for (int image = 0; image < 4; image++) {
        String label = image % 2 == 0 ? "cat" : "dog";
        String relative =
            String.join("/", label, IN_NAMES.get(1), name, IN_NAMES.get(2) + "-" + patient + image);
        Path file = folder.resolve(relative + (image < 2 ? ".png" : ".dcm"));
        Files.createDirectories(file.getParent());
        if (image < 2) {
          png(file, random);
        } else {
          Files.write(file, dicom(patient, random));
        }
        table.append(folder.relativize(file)).append(',').append(label);
        table.append(',').append(name).append('\n');
      }
    }
    Path ward = folder.resolve("cat").resolve(IN_NAMES.get(1));
    Path text = Files.writeString(ward.resolve(IN_NAMES.get(0) + "_broken.png"), "no image");
    Path cut = Files.write(ward.resolve(IN_NAMES.get(2) + "_broken.dcm"), broken());
    for (Path file : List.of(text, cut)) {
      table.append(folder.relativize(file)).append(",cat,").append(IN_NAMES.get(0)).append('\n');
    }
    return Files.writeString(folder.resolveSibling("table.csv"), table.toString());
  }

  private static void png(Path file, Random random) throws IOException {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < SIDE * SIDE; i++) {
      image.getRaster().setSample(i % SIDE, i / SIDE, 0, random.nextInt(256));
    }
    ImageIO.write(image, "png", file.toFile());
  }

  /** Cut off in its pixels. */
  private static byte[] broken() {
    byte[] whole = dicom(99, new Random(6));
    return java.util.Arrays.copyOf(whole, whole.length - 20);
  }

  /** Explicit, little endian, 8 bits. */
  private static byte[] dicom(int patient, Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[128]);
    out.writeBytes("DICM".getBytes(StandardCharsets.US_ASCII));
    byte[] syntax = "1.2.840.10008.1.2.1\0".getBytes(StandardCharsets.US_ASCII);
    element(out, 0x0002, 0x0000, "UL", number(8 + syntax.length, 4));
    element(out, 0x0002, 0x0010, "UI", syntax);
    element(out, 0x0010, 0x0010, "PN", text("Schmidt^" + IN_TAGS.get(0)));
    element(out, 0x0010, 0x0020, "LO", text(IN_TAGS.get(2) + "-" + patient));
    element(out, 0x0010, 0x0030, "DA", text(IN_TAGS.get(1)));
    element(out, 0x0028, 0x0002, "US", number(1, 2));
    element(out, 0x0028, 0x0004, "CS", text("MONOCHROME2"));
    element(out, 0x0028, 0x0010, "US", number(SIDE, 2));
    element(out, 0x0028, 0x0011, "US", number(SIDE, 2));
    element(out, 0x0028, 0x0100, "US", number(8, 2));
    element(out, 0x0028, 0x0101, "US", number(8, 2));
    element(out, 0x0028, 0x0102, "US", number(7, 2));
    element(out, 0x0028, 0x0103, "US", number(0, 2));
    byte[] pixels = new byte[SIDE * SIDE];
    random.nextBytes(pixels);
    out.writeBytes(new byte[] {(byte) 0xe0, 0x7f, 0x10, 0, 'O', 'B', 0, 0});
    out.writeBytes(number(pixels.length, 4));
    out.writeBytes(pixels);
    return out.toByteArray();
  }

  private static void element(
      ByteArrayOutputStream out, int group, int element, String type, byte[] value) {
    out.writeBytes(number(group, 2));
    out.writeBytes(number(element, 2));
    out.writeBytes(type.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(number(value.length, 2));
    out.writeBytes(value);
  }

  private static byte[] number(int value, int bytes) {
    return java.util.Arrays.copyOf(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array(), bytes);
  }

  private static byte[] text(String text) {
    return (text + (text.length() % 2 == 0 ? "" : " ")).getBytes(StandardCharsets.US_ASCII);
  }
}
