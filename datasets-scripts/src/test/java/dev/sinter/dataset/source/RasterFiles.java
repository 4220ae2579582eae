package dev.sinter.dataset.source;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Rasters of kinds that ImageIO does not write by itself. */
final class RasterFiles {
  private RasterFiles() {}

  /** Pages of a TIFF, compressed. */
  static byte[] tiff(String compression, BufferedImage... pages) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    parameters.setCompressionType(compression);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      if (pages.length == 1) {
        writer.write(null, new IIOImage(pages[0], null, null), parameters);
      } else {
        writer.prepareWriteSequence(null);
        for (BufferedImage page : pages) {
          writer.writeToSequence(new IIOImage(page, null, null), parameters);
        }
        writer.endWriteSequence();
      }
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /**
   * An uncompressed TIFF of one strip.
   *
   * @param order {@code II} or {@code MM}
   * @param photometric 0 white is zero, 1 black is zero, 5 inks
   * @param sampleFormat 1 unsigned, 2 signed, 3 floating
   */
  static byte[] tiff(
      String order,
      int photometric,
      int height,
      int width,
      int bits,
      int sampleFormat,
      int... values) {
    int samples = values.length / height / width;
    int[][] tags = {
      {256, 3, 1, width},
      {257, 3, 1, height},
      {258, 3, samples, samples == 1 ? bits : 8}, // several lie at the file's byte 8
      {259, 3, 1, 1},
      {262, 3, 1, photometric},
      {273, 4, 1, 16},
      {277, 3, 1, samples},
      {278, 3, 1, height},
      {279, 4, 1, values.length * bits / 8},
      {339, 3, samples == 1 ? 1 : 0, sampleFormat}
    };
    int directory = 16 + (values.length * bits / 8 + 1) / 2 * 2;
    ByteBuffer b =
        ByteBuffer.allocate(directory + 2 + 12 * tags.length + 4)
            .order(order.equals("II") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    b.put(0, order.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    b.putShort(2, (short) 42).putInt(4, directory);
    for (int i = 0; i < 4; i++) {
      b.putShort(8 + 2 * i, (short) bits);
    }
    b.position(16);
    for (int value : values) {
      switch (bits) {
        case 8 -> b.put((byte) value);
        case 16 -> b.putShort((short) value);
        case 32 -> b.putInt(sampleFormat == 3 ? Float.floatToIntBits(value) : value);
        default -> b.putDouble(value);
      }
    }
    b.position(directory);
    int count = samples == 1 ? tags.length : tags.length - 1;
    b.putShort((short) count);
    for (int i = 0; i < count; i++) {
      int[] tag = tags[i];
      b.putShort((short) tag[0]).putShort((short) tag[1]).putInt(tag[2]);
      if (tag[1] == 3 && tag[2] == 1) {
        b.putShort((short) tag[3]).putShort((short) 0);
      } else {
        b.putInt(tag[3]);
      }
    }
    return b.array();
  }

  /** A progressive JPEG. */
  static byte[] progressiveJpeg(BufferedImage image) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    return jpeg(writer, new IIOImage(image, null, null), parameters);
  }

  /** Four inks, 255 is none, without Adobe's marker: c = 3x, m = 5y, y = 100, k = 50. */
  static byte[] cmykJpeg(int height, int width) throws IOException {
    WritableRaster raster =
        Raster.createInterleavedRaster(
            new DataBufferByte(4 * height * width),
            width,
            height,
            4 * width,
            4,
            new int[] {0, 1, 2, 3},
            null);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        raster.setPixel(x, y, new int[] {3 * x, 5 * y, 100, 50});
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    parameters.setCompressionQuality(1);
    return jpeg(writer, new IIOImage(raster, null, null), parameters);
  }

  private static byte[] jpeg(ImageWriter writer, IIOImage image, ImageWriteParam parameters)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, image, parameters);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** A segment put directly behind a JPEG's first marker. */
  static byte[] withSegment(byte[] jpeg, int marker, byte[] payload) {
    ByteBuffer b = ByteBuffer.allocate(jpeg.length + 4 + payload.length);
    b.put(jpeg, 0, 2).put((byte) 0xff).put((byte) marker).putShort((short) (2 + payload.length));
    return b.put(payload).put(jpeg, 2, jpeg.length - 2).array();
  }

  /** Adobe's marker, which says how inks are stored. */
  static byte[] adobe(int transform) {
    return ByteBuffer.allocate(12)
        .put("Adobe".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
        .putShort((short) 100)
        .putInt(0)
        .put((byte) transform)
        .array();
  }

  /** EXIF of one directory with one entry, the orientation. */
  static byte[] exif(int orientation) {
    return ByteBuffer.allocate(32)
        .put("Exif\0\0MM\0*".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
        .putInt(8)
        .putShort((short) 1)
        .putShort((short) 274)
        .putShort((short) 3)
        .putInt(1)
        .putShort((short) orientation)
        .putShort((short) 0)
        .putInt(0)
        .array();
  }

  /** 16 bits per pixel, 5 of each colour: red = x, green = y, blue = 31. */
  static byte[] bmp555(int height, int width) {
    int row = (2 * width + 3) / 4 * 4;
    ByteBuffer b = bmpHeader(height, width, 16, 0, 54, row * height);
    for (int y = height - 1; y >= 0; y--) {
      for (int x = 0; x < width; x++) {
        b.putShort(54 + (height - 1 - y) * row + 2 * x, (short) (x % 32 << 10 | y % 32 << 5 | 31));
      }
    }
    return bytes(b);
  }

  /** Run-length coded gray: each row is one run of its number. */
  static byte[] bmpRle8(int height, int width) {
    int table = 54 + 1024;
    ByteBuffer b = bmpHeader(height, width, 8, 1, table, 4 * height);
    IntStream.range(0, 256).forEach(i -> b.putInt(54 + 4 * i, i * 0x010101));
    for (int y = 0; y < height; y++) {
      int at = table + 4 * (height - 1 - y);
      b.put(at, (byte) width).put(at + 1, (byte) y).put(at + 2, (byte) 0);
      b.put(at + 3, (byte) (y == 0 ? 1 : 0)); // end of the row, or of the image
    }
    return bytes(b);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }

  private static ByteBuffer bmpHeader(
      int height, int width, int bits, int compression, int offset, int data) {
    return ByteBuffer.allocate(offset + data)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(0, (byte) 'B')
        .put(1, (byte) 'M')
        .putInt(2, offset + data)
        .putInt(10, offset)
        .putInt(14, 40)
        .putInt(18, width)
        .putInt(22, height)
        .putShort(26, (short) 1)
        .putShort(28, (short) bits)
        .putInt(30, compression)
        .putInt(34, data);
  }
}
