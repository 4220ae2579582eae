package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;

/** Small collections that tests make, and what they read of a dataset. */
final class TinyCollection {
  private final Path folder;

  TinyCollection(Path folder) {
    this.folder = folder;
  }

  /** A gray image of 8 x 8 pixels that depend on the seed. */
  void image(String name, long seed) throws IOException {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    Random random = new Random(seed);
    for (int i = 0; i < 64; i++) {
      image.getRaster().setSample(i % 8, i / 8, 0, random.nextInt(256));
    }
    save(name, image);
  }

  /** A mask of 8 x 8 pixels whose left half is 0 and right half another value. */
  void mask(String name, int value) throws IOException {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 64; i++) {
      image.getRaster().setSample(i % 8, i / 8, 0, i % 8 < 4 ? 0 : value);
    }
    save(name, image);
  }

  private void save(String name, BufferedImage image) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
  }

  void text(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  /** A container of images of 8 x 8 pixels and labels of one byte. */
  void npz(String name, List<String> splits, int samples) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (String split : splits) {
        byte[] images = new byte[samples * 64];
        new Random(split.hashCode()).nextBytes(images);
        byte[] labels = new byte[samples];
        for (int i = 0; i < samples; i++) {
          labels[i] = (byte) (i % 2);
        }
        zip.putNextEntry(new ZipEntry(split + "_images.npy"));
        zip.write(npy("(" + samples + ", 8, 8)", images));
        zip.putNextEntry(new ZipEntry(split + "_labels.npy"));
        zip.write(npy("(" + samples + ", 1)", labels));
      }
    }
  }

  static byte[] npy(String shape, byte[] values) throws IOException {
    StringBuilder header =
        new StringBuilder("{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }");
    while ((header.length() + 11) % 64 != 0) {
      header.append(' ');
    }
    header.append('\n');
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(header.length() & 0xff);
    out.write(header.length() >> 8);
    out.write(header.toString().getBytes(StandardCharsets.US_ASCII));
    out.write(values);
    return out.toByteArray();
  }

  /** A DICOM image of 8 x 8 pixels with names in its fields. */
  void dicom(String name, String patientName, String patientId, String burnedIn, long seed)
      throws IOException {
    byte[] file = dicom(patientName, patientId, "", "", burnedIn, seed);
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    Files.write(path, file);
  }

  /** Without an issuer or a study where these are empty. */
  static byte[] dicom(
      String patientName, String patientId, String issuer, String study, String burnedIn, long seed)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[128]);
    out.write("DICM".getBytes(StandardCharsets.US_ASCII));
    byte[] syntax = text("1.2.840.10008.1.2.1", (char) 0);
    element(out, 0x0002, 0x0000, "UL", number(8 + syntax.length, 4));
    element(out, 0x0002, 0x0010, "UI", syntax);
    element(out, 0x0008, 0x0016, "UI", text("1.2.840.10008.5.1.4.1.1.7", (char) 0));
    element(out, 0x0010, 0x0010, "PN", text(patientName, ' '));
    element(out, 0x0010, 0x0020, "LO", text(patientId, ' '));
    if (!issuer.isEmpty()) {
      element(out, 0x0010, 0x0021, "LO", text(issuer, ' '));
    }
    if (!study.isEmpty()) {
      element(out, 0x0020, 0x000d, "UI", text(study, (char) 0));
    }
    element(out, 0x0028, 0x0002, "US", number(1, 2));
    element(out, 0x0028, 0x0004, "CS", text("MONOCHROME2", ' '));
    element(out, 0x0028, 0x0010, "US", number(8, 2));
    element(out, 0x0028, 0x0011, "US", number(8, 2));
    element(out, 0x0028, 0x0100, "US", number(8, 2));
    element(out, 0x0028, 0x0101, "US", number(8, 2));
    element(out, 0x0028, 0x0102, "US", number(7, 2));
    element(out, 0x0028, 0x0103, "US", number(0, 2));
    element(out, 0x0028, 0x0301, "CS", text(burnedIn, ' '));
    byte[] pixels = new byte[64];
    new Random(seed).nextBytes(pixels);
    out.write(new byte[] {(byte) 0xe0, 0x7f, 0x10, 0, 'O', 'B', 0, 0, 64, 0, 0, 0});
    out.write(pixels);
    return out.toByteArray();
  }

  private static void element(
      ByteArrayOutputStream out, int group, int element, String vr, byte[] value)
      throws IOException {
    out.write(number(group, 2));
    out.write(number(element, 2));
    out.write(vr.getBytes(StandardCharsets.US_ASCII));
    out.write(number(value.length, 2));
    out.write(value);
  }

  private static byte[] number(int value, int bytes) {
    byte[] number = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      number[i] = (byte) (value >> (8 * i));
    }
    return number;
  }

  private static byte[] text(String text, char padding) {
    return (text.length() % 2 == 0 ? text : text + padding).getBytes(StandardCharsets.US_ASCII);
  }

  static List<Sample> samples(Path root, DatasetManifest manifest) {
    List<Sample> samples = new ArrayList<>();
    for (DatasetManifest.ShardFile shard : manifest.shards()) {
      try (ShardReader reader =
          ShardReader.open(
              new Configuration(),
              new org.apache.hadoop.fs.Path(root.resolve(shard.path()).toUri()))) {
        reader.forEachRemaining(samples::add);
      }
    }
    return samples;
  }

  /** All files below a folder. */
  static List<Path> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
