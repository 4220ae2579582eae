package dev.sinter.dataset.source;

import java.awt.image.Raster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Red, green, blue of cyan, magenta, yellow, black: what is not absorbed, no colour profile. */
final class Inks {

  private Inks() {}

  /** Planes of red, green, blue; 0 is no ink. */
  static byte[] rgb(Raster raster, VoxelType type) {
    int height = raster.getHeight();
    int width = raster.getWidth();
    int white = type == VoxelType.UINT8 ? 255 : 65535;
    byte[] pixels = new byte[Math.toIntExact(3L * height * width * type.bytes())];
    ByteBuffer out = ByteBuffer.wrap(pixels).order(ByteOrder.LITTLE_ENDIAN);
    int[] row = new int[width];
    int[] black = new int[width];
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < height; y++) {
        raster.getSamples(0, y, width, 1, channel, row);
        raster.getSamples(0, y, width, 1, 3, black);
        for (int x = 0; x < width; x++) {
          int value = left(row[x], black[x], white);
          if (white == 255) {
            out.put((byte) value);
          } else {
            out.putShort((short) value);
          }
        }
      }
    }
    return pixels;
  }

  private static int left(int ink, int black, int white) {
    long light = (long) (white - ink) * (white - black);
    return (int) ((light + white / 2) / white);
  }

  /** A JPEG's inks are inverted: Photoshop began it, and every decoder takes it so. */
  static RawImage ofJpeg(JpegHeader jpeg, Raster raster, RasterPixels pixels) {
    int height = raster.getHeight();
    int width = raster.getWidth();
    byte[] rgb = new byte[Math.toIntExact(3L * height * width)];
    int[] row = new int[4 * width];
    int[] inks = new int[4];
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        System.arraycopy(row, 4 * x, inks, 0, 4);
        if (jpeg.isYcck()) {
          unmix(inks);
        }
        for (int channel = 0; channel < 3; channel++) {
          rgb[(channel * height + y) * width + x] =
              (byte) left(255 - inks[channel], 255 - inks[3], 255);
        }
      }
    }
    List<String> notes = new ArrayList<>(List.of(SourceNotes.CMYK_CONVERTED));
    if (jpeg.orientation() > 1) {
      notes.add(SourceNotes.orientationNotApplied(jpeg.orientation()));
    }
    return pixels.ofRgb(raster, rgb, notes);
  }

  /** YCCK: the first three are luma and chroma of the inks' complements (Adobe TN 5116). */
  private static void unmix(int[] p) {
    double luma = p[0];
    double blue = p[1] - 128;
    double red = p[2] - 128;
    p[0] = 255 - clamp(luma + 1.402 * red);
    p[1] = 255 - clamp(luma - 0.344136 * blue - 0.714136 * red);
    p[2] = 255 - clamp(luma + 1.772 * blue);
  }

  private static int clamp(double value) {
    return (int) Math.max(0, Math.min(255, Math.round(value)));
  }
}
