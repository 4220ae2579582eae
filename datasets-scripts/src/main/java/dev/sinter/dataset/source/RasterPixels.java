package dev.sinter.dataset.source;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes values out of what ImageIO decoded, without its colour management. */
final class RasterPixels {
  private final String path;
  private final String format;
  private final Palette palette;
  private final boolean signed;

  /** What a coloured palette gives. */
  enum Palette {
    COLOURS,
    INDICES
  }

  RasterPixels(String path, String format, Palette palette, TiffTags tags) {
    this.path = path;
    this.format = format;
    this.palette = palette;
    this.signed = tags.signed();
  }

  RawImage of(BufferedImage image, List<String> notes) {
    Raster raster = image.getRaster();
    List<String> said = new ArrayList<>(notes);
    if (image.getColorModel().hasAlpha()) {
      said.add(SourceNotes.ALPHA_DROPPED);
    }
    if (image.getColorModel() instanceof IndexColorModel colours) {
      return ofPalette(raster, colours, said);
    }
    int channels = image.getColorModel().getNumColorComponents();
    if (channels == 4 && format.equals("tiff")) {
      return ofInks(raster, said);
    }
    if (channels != 1 && channels != 3) {
      throw SourceErrors.unreadable(
          path, format, channels + " colour components; 1, 3 or 4 are read");
    }
    return of(raster, channels, said);
  }

  private RawImage of(Raster raster, int channels, List<String> notes) {
    VoxelType type = type(raster);
    byte[] pixels = new byte[bytes(raster, channels, type)];
    if (!copyBytes(raster, channels, pixels)) {
      copy(raster, channels, type, pixels);
    }
    return image(raster, channels, type, pixels, notes);
  }

  /** A raster of floats, which has no colour model: a second or fourth band is alpha. */
  RawImage ofFloats(Raster raster, List<String> notes) {
    int bands = raster.getNumBands();
    List<String> said = new ArrayList<>(notes);
    if (bands == 2 || bands == 4) {
      said.add(SourceNotes.ALPHA_DROPPED);
    }
    return of(raster, bands < 3 ? 1 : 3, said);
  }

  private static int bytes(Raster raster, int channels, VoxelType type) {
    return Math.toIntExact((long) channels * raster.getHeight() * raster.getWidth() * type.bytes());
  }

  private RawImage image(
      Raster raster, int channels, VoxelType type, byte[] pixels, List<String> notes) {
    return new RawImage(
        format,
        channels,
        raster.getHeight(),
        raster.getWidth(),
        type,
        pixels,
        Scaling.NONE,
        Geometry.UNKNOWN,
        notes);
  }

  /** The common case, ten times as fast as asking for samples. */
  private static boolean copyBytes(Raster raster, int channels, byte[] pixels) {
    if (!(raster.getSampleModel() instanceof ComponentSampleModel model)
        || !(raster.getDataBuffer() instanceof DataBufferByte buffer)
        || buffer.getNumBanks() != 1
        || raster.getSampleModelTranslateX() != 0
        || raster.getSampleModelTranslateY() != 0) {
      return false;
    }
    byte[] data = buffer.getData();
    int step = model.getPixelStride();
    int to = 0;
    for (int channel = 0; channel < channels; channel++) {
      int start = buffer.getOffset() + model.getBandOffsets()[channel];
      for (int y = 0; y < raster.getHeight(); y++) {
        int from = start + y * model.getScanlineStride();
        if (step == 1) {
          System.arraycopy(data, from, pixels, to, raster.getWidth());
          to += raster.getWidth();
        } else {
          for (int x = 0; x < raster.getWidth(); x++, from += step) {
            pixels[to++] = data[from];
          }
        }
      }
    }
    return true;
  }

  private static void copy(Raster raster, int channels, VoxelType type, byte[] pixels) {
    ByteBuffer out = ByteBuffer.wrap(pixels).order(ByteOrder.LITTLE_ENDIAN);
    int width = raster.getWidth();
    int[] row = new int[width];
    float[] floats = new float[width];
    double[] doubles = new double[width];
    boolean packed = type == VoxelType.UINT8;
    for (int channel = 0; channel < channels; channel++) {
      int most = (1 << Math.min(30, raster.getSampleModel().getSampleSize(channel))) - 1;
      for (int y = 0; y < raster.getHeight(); y++) {
        switch (type) {
          case FLOAT32 -> raster.getSamples(0, y, width, 1, channel, floats);
          case FLOAT64 -> raster.getSamples(0, y, width, 1, channel, doubles);
          default -> raster.getSamples(0, y, width, 1, channel, row);
        }
        for (int x = 0; x < width; x++) {
          switch (type) {
            // 5 and 6 bit of a pixel in a word become 8, white staying white.
            case INT8 -> out.put((byte) row[x]);
            case UINT8 -> out.put((byte) (packed && most < 255 ? row[x] * 255 / most : row[x]));
            case UINT16, INT16 -> out.putShort((short) row[x]);
            case UINT32, INT32 -> out.putInt(row[x]);
            case FLOAT32 -> out.putFloat(floats[x]);
            case FLOAT64 -> out.putDouble(doubles[x]);
            default -> throw new IllegalStateException(type.key());
          }
        }
      }
    }
  }

  private VoxelType type(Raster raster) {
    int bits = 0;
    for (int size : raster.getSampleModel().getSampleSize()) {
      bits = Math.max(bits, size);
    }
    return switch (raster.getDataBuffer().getDataType()) {
      case DataBuffer.TYPE_BYTE -> signed ? VoxelType.INT8 : VoxelType.UINT8;
      case DataBuffer.TYPE_USHORT -> bits <= 8 ? VoxelType.UINT8 : VoxelType.UINT16;
      case DataBuffer.TYPE_SHORT -> VoxelType.INT16;
      case DataBuffer.TYPE_FLOAT -> VoxelType.FLOAT32;
      case DataBuffer.TYPE_DOUBLE -> VoxelType.FLOAT64;
      case DataBuffer.TYPE_INT ->
          bits <= 8 ? VoxelType.UINT8 : signed ? VoxelType.INT32 : VoxelType.UINT32;
      default -> throw SourceErrors.unreadable(path, format, "its type of values is not read");
    };
  }

  private RawImage ofPalette(Raster raster, IndexColorModel model, List<String> notes) {
    int size = model.getMapSize();
    byte[][] colours = new byte[3][size];
    model.getReds(colours[0]);
    model.getGreens(colours[1]);
    model.getBlues(colours[2]);
    boolean gray = Arrays.equals(colours[0], colours[1]) && Arrays.equals(colours[1], colours[2]);
    boolean indices = palette == Palette.INDICES && !gray;
    int channels = gray || indices ? 1 : 3;
    byte[] pixels = new byte[bytes(raster, channels, VoxelType.UINT8)];
    int height = raster.getHeight();
    int width = raster.getWidth();
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      raster.getSamples(0, y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        for (int channel = 0; channel < channels; channel++) {
          pixels[(channel * height + y) * width + x] =
              indices ? (byte) row[x] : colours[channel][row[x]];
        }
      }
    }
    return image(raster, channels, VoxelType.UINT8, pixels, notes);
  }

  /** Red, green, blue of a JPEG's four components. */
  RawImage ofCmyk(JpegHeader jpeg, Raster raster) {
    return Inks.ofJpeg(jpeg, raster, this);
  }

  private RawImage ofInks(Raster raster, List<String> notes) {
    VoxelType type = type(raster);
    if (type != VoxelType.UINT8 && type != VoxelType.UINT16) {
      throw SourceErrors.unreadable(path, format, "inks of type " + type.key() + " are not read");
    }
    byte[] pixels = Inks.rgb(raster, type);
    notes.add(SourceNotes.CMYK_CONVERTED);
    return image(raster, 3, type, pixels, notes);
  }

  RawImage ofRgb(Raster raster, byte[] pixels, List<String> notes) {
    return image(raster, 3, VoxelType.UINT8, pixels, notes);
  }
}
