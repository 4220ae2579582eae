package dev.sinter.trainer;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;

/** Collections of a few small images with a pattern that a network learns within seconds. */
public final class TinyCollections {
  private TinyCollections() {}

  /**
   * Gray images in a folder per class: {@code rows} is bright above, {@code columns} at the left.
   */
  public static Path classes(Path folder, int perClass, int size) throws IOException {
    Random random = new Random(11);
    for (int i = 0; i < perClass; i++) {
      for (String name : new String[] {"columns", "rows"}) {
        BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
        WritableRaster raster = image.getRaster();
        for (int y = 0; y < size; y++) {
          for (int x = 0; x < size; x++) {
            boolean bright = (name.equals("rows") ? y : x) < size / 2;
            raster.setSample(x, y, 0, (bright ? 150 : 40) + random.nextInt(60));
          }
        }
        save(image, folder.resolve(name).resolve(String.format("%03d.png", i)));
      }
    }
    return folder;
  }

  /** Gray images with masks of the same name: a bright square somewhere, 255 in the mask. */
  public static Path squares(Path folder, int count, int size) throws IOException {
    Random random = new Random(12);
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
      BufferedImage mask = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
      int side = size / 2;
      int top = random.nextInt(size - side);
      int left = random.nextInt(size - side);
      for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
          boolean inside = y >= top && y < top + side && x >= left && x < left + side;
          image.getRaster().setSample(x, y, 0, (inside ? 150 : 40) + random.nextInt(60));
          mask.getRaster().setSample(x, y, 0, inside ? 255 : 0);
        }
      }
      String name = String.format("%03d.png", i);
      save(image, folder.resolve("images").resolve(name));
      save(mask, folder.resolve("labels").resolve(name));
    }
    return folder;
  }

  /** NIfTI volumes with label volumes: a bright box somewhere, labelled 1. */
  public static Path volumes(Path folder, int count, int size, int slices) throws IOException {
    Random random = new Random(13);
    for (int i = 0; i < count; i++) {
      byte[] image = new byte[size * size * slices];
      byte[] labels = new byte[image.length];
      int side = size / 2;
      int top = random.nextInt(size - side);
      int left = random.nextInt(size - side);
      for (int at = 0; at < image.length; at++) {
        int x = at % size;
        int y = at / size % size;
        boolean inside = y >= top && y < top + side && x >= left && x < left + side;
        image[at] = (byte) ((inside ? 150 : 40) + random.nextInt(60));
        labels[at] = (byte) (inside ? 1 : 0);
      }
      String name = String.format("scan_%03d.nii.gz", i);
      writeNifti(folder.resolve("images").resolve(name), image, size, slices);
      writeNifti(folder.resolve("labels").resolve(name), labels, size, slices);
    }
    return folder;
  }

  /**
   * NIfTI volumes in a folder per class: {@code early} is bright in its first slices, {@code late}
   * in its last ones.
   */
  public static Path courses(Path folder, int perClass, int size, int slices) throws IOException {
    Random random = new Random(14);
    for (int i = 0; i < perClass; i++) {
      for (String name : new String[] {"early", "late"}) {
        byte[] image = new byte[size * size * slices];
        for (int at = 0; at < image.length; at++) {
          boolean first = at / (size * size) < slices / 2;
          boolean bright = first == name.equals("early");
          image[at] = (byte) ((bright ? 150 : 40) + random.nextInt(60));
        }
        writeNifti(
            folder.resolve(name).resolve(String.format("scan_%03d.nii.gz", i)),
            image,
            size,
            slices);
      }
    }
    return folder;
  }

  /**
   * A table of three measurements and a column that says nothing; {@code ill} has a large sum of
   * the first two.
   */
  public static Path table(Path file, int rows) throws IOException {
    Random random = new Random(15);
    StringBuilder text = new StringBuilder("patient,age,marker,\"dose, mg\",site,finding\n");
    for (int i = 0; i < rows; i++) {
      double age = 20 + 60 * random.nextDouble();
      double marker = random.nextGaussian();
      text.append(
          String.format(
              java.util.Locale.ROOT,
              "p%03d,%.2f,%.4f,%d,north,%s%n",
              i / 2,
              age,
              marker,
              random.nextInt(500),
              (age - 50) / 30 + marker > 0 ? "ill" : "well"));
    }
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  /** Writes an image, creating its folder. */
  public static void save(BufferedImage image, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    if (!ImageIO.write(image, "png", file.toFile())) {
      throw new IOException("no writer for " + file);
    }
  }

  private static void writeNifti(Path file, byte[] voxels, int size, int slices)
      throws IOException {
    Files.createDirectories(file.getParent());
    ByteBuffer header = ByteBuffer.allocate(352).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(0, 348);
    short[] dim = {3, (short) size, (short) size, (short) slices, 1, 1, 1, 1};
    float[] spacing = {1, 1.5f, 1.5f, 3, 0, 0, 0, 0};
    for (int i = 0; i < dim.length; i++) {
      header.putShort(40 + 2 * i, dim[i]);
      header.putFloat(76 + 4 * i, spacing[i]);
    }
    header.putShort(70, (short) 2); // unsigned byte
    header.putShort(72, (short) 8);
    header.putFloat(108, 352);
    header.put(344, "n+1\0".getBytes(StandardCharsets.US_ASCII));
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(header.array());
      out.write(voxels);
    }
  }
}
