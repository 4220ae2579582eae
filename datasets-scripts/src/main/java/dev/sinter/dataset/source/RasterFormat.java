package dev.sinter.dataset.source;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import dev.sinter.dataset.PixelType;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** PNG, JPEG, BMP and TIFF: raster values as they are stored, never a colour conversion. */
enum RasterFormat implements SourceFormat {
  PNG("\u0089PNG\r\n\u001a\n"),
  JPEG("\u00ff\u00d8\u00ff"),
  BMP("BM"),
  TIFF("");

  /** Deflate cannot do better than 1032 : 1, so a larger claim is a broken or hostile header. */
  private static final int LARGEST_RATIO = 1100;

  private static final long ALWAYS_ALLOWED_PIXELS = 16L << 20;

  private final String magic;

  RasterFormat(String magic) {
    this.magic = magic;
  }

  @Override
  public boolean matches(byte[] content) {
    if (this == TIFF) {
      return startsWith(content, "II*\u0000")
          || startsWith(content, "MM\u0000*")
          || startsWith(content, "II+\u0000")
          || startsWith(content, "MM\u0000+");
    }
    return startsWith(content, magic);
  }

  private static boolean startsWith(byte[] content, String magic) {
    if (content.length < magic.length()) {
      return false;
    }
    for (int i = 0; i < magic.length(); i++) {
      if ((content[i] & 0xff) != magic.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public RawImage read(String path, byte[] content) {
    return read(path, content, false);
  }

  @Override
  public RawImage readMask(String path, byte[] content) {
    return read(path, content, true);
  }

  private RawImage read(String path, byte[] content, boolean indicesOfColourPalette) {
    if (this == PNG) {
      verifyChunks(path, content);
    }
    ImageReader reader = newReader();
    List<String> warnings = new ArrayList<>();
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      reader.setInput(stream, false, true);
      refuseMorePages(path, reader);
      refuseHugeClaim(path, content.length, reader);
      BufferedImage image = reader.read(0);
      refuseDamage(path, warnings);
      return fromRaster(path, image, indicesOfColourPalette);
    } catch (IOException | RuntimeException e) {
      if (e instanceof dev.sinter.error.SinterException coded) {
        throw coded;
      }
      throw SourceErrors.unreadable(path, key(), e);
    } finally {
      reader.dispose();
    }
  }

  private ImageReader newReader() {
    return this == TIFF
        ? new TIFFImageReaderSpi().createReaderInstance(null)
        : ImageIO.getImageReadersByFormatName(key()).next();
  }

  private String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  private void refuseMorePages(String path, ImageReader reader) throws IOException {
    int pages = this == TIFF ? reader.getNumImages(true) : 1;
    if (pages > 1) {
      throw SourceErrors.data(
          "IMAGE_MULTI_PAGE",
          path + ": the TIFF file holds " + pages + " images",
          "Save each page as a file of its own, or a stack as NIfTI.");
    }
  }

  private void refuseHugeClaim(String path, long fileBytes, ImageReader reader) throws IOException {
    long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
    if (pixels > Math.max(ALWAYS_ALLOWED_PIXELS, fileBytes * LARGEST_RATIO)
        || pixels > Integer.MAX_VALUE / 16) {
      throw SourceErrors.data(
          "IMAGE_TOO_LARGE",
          path
              + ": a file of "
              + fileBytes
              + " bytes claims "
              + reader.getHeight(0)
              + " x "
              + reader.getWidth(0)
              + " pixels",
          "Replace the file if it is damaged, or cut it into tiles.");
    }
  }

  /** The JPEG decoder fills what is missing with gray and only warns. */
  private void refuseDamage(String path, List<String> warnings) {
    for (String warning : warnings) {
      String lower = warning.toLowerCase(Locale.ROOT);
      if (lower.contains("premature end") || lower.contains("corrupt")) {
        throw SourceErrors.unreadable(path, key(), warning);
      }
    }
  }

  /** ImageIO does not compare the checksums of PNG chunks. */
  private static void verifyChunks(String path, byte[] content) {
    ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.BIG_ENDIAN);
    int at = 8;
    while (true) {
      if (at + 12L > content.length) {
        throw SourceErrors.unreadable(path, "png", "the file ends before its end mark");
      }
      int length = buffer.getInt(at);
      if (length < 0 || at + 12L + length > content.length) {
        throw SourceErrors.unreadable(path, "png", "the file ends within a chunk");
      }
      CRC32 crc = new CRC32();
      crc.update(content, at + 4, 4 + length);
      if ((int) crc.getValue() != buffer.getInt(at + 8 + length)) {
        throw SourceErrors.unreadable(path, "png", "wrong checksum of the chunk at byte " + at);
      }
      if (buffer.getInt(at + 4) == 0x49454e44) { // IEND
        return;
      }
      at += 12 + length;
    }
  }

  private RawImage fromRaster(String path, BufferedImage image, boolean indicesOfColourPalette) {
    Raster raster = image.getRaster();
    int height = image.getHeight();
    int width = image.getWidth();
    if (image.getColorModel() instanceof IndexColorModel palette) {
      return fromPalette(raster, palette, height, width, indicesOfColourPalette);
    }
    int channels = image.getColorModel().getNumColorComponents();
    if (channels != 1 && channels != 3) {
      throw SourceErrors.unreadable(path, key(), channels + " colour components; 1 or 3 are read");
    }
    PixelType type = pixelType(path, raster);
    byte[] pixels = new byte[Math.toIntExact((long) channels * height * width * type.bytes())];
    ByteBuffer out = ByteBuffer.wrap(pixels).order(ByteOrder.LITTLE_ENDIAN);
    int[] row = new int[width];
    float[] floats = new float[width];
    for (int channel = 0; channel < channels; channel++) {
      for (int y = 0; y < height; y++) {
        if (type == PixelType.FLOAT32) {
          raster.getSamples(0, y, width, 1, channel, floats);
        } else {
          raster.getSamples(0, y, width, 1, channel, row);
        }
        for (int x = 0; x < width; x++) {
          switch (type) {
            case UINT8 -> out.put((byte) row[x]);
            case UINT16, INT16 -> out.putShort((short) row[x]);
            case FLOAT32 -> out.putFloat(floats[x]);
          }
        }
      }
    }
    return new RawImage(key(), channels, height, width, type, pixels);
  }

  private PixelType pixelType(String path, Raster raster) {
    int bits = 0;
    for (int size : raster.getSampleModel().getSampleSize()) {
      bits = Math.max(bits, size);
    }
    return switch (raster.getDataBuffer().getDataType()) {
      case DataBuffer.TYPE_BYTE -> PixelType.UINT8;
      case DataBuffer.TYPE_USHORT -> bits <= 8 ? PixelType.UINT8 : PixelType.UINT16;
      case DataBuffer.TYPE_SHORT -> PixelType.INT16;
      case DataBuffer.TYPE_FLOAT -> PixelType.FLOAT32;
      case DataBuffer.TYPE_INT -> {
        if (bits <= 8) {
          yield PixelType.UINT8;
        }
        throw SourceErrors.unreadable(path, key(), bits + "-bit integers are not read");
      }
      default -> throw SourceErrors.unreadable(path, key(), "its type of values is not read");
    };
  }

  private RawImage fromPalette(
      Raster raster, IndexColorModel palette, int height, int width, boolean indices) {
    int size = palette.getMapSize();
    byte[][] colours = new byte[3][size];
    palette.getReds(colours[0]);
    palette.getGreens(colours[1]);
    palette.getBlues(colours[2]);
    boolean gray =
        java.util.Arrays.equals(colours[0], colours[1])
            && java.util.Arrays.equals(colours[1], colours[2]);
    int channels = gray || indices ? 1 : 3;
    byte[] pixels = new byte[Math.multiplyExact(channels, Math.multiplyExact(height, width))];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      raster.getSamples(0, y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        for (int channel = 0; channel < channels; channel++) {
          pixels[(channel * height + y) * width + x] =
              indices && !gray ? (byte) row[x] : colours[channel][row[x]];
        }
      }
    }
    return new RawImage(key(), channels, height, width, PixelType.UINT8, pixels);
  }
}
