package dev.sinter.trainer.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Turns raw pixels into pictures that a page can hold. Nothing is drawn with a font. */
final class Pictures {
  private Pictures() {}

  /**
   * Copies a picture to RGB, its values stretched to 0 ... 255 and its pixels repeated or skipped.
   */
  static BufferedImage render(ExamplePicture picture, Magnification magnification) {
    int width = magnification.apply(picture.width());
    int height = magnification.apply(picture.height());
    int[] window = window(picture.pixels());
    int plane = picture.height() * picture.width();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int pixel = magnification.source(y) * picture.width() + magnification.source(x);
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          int value = picture.pixels()[(picture.channels() == 1 ? 0 : c * plane) + pixel] & 0xFF;
          rgb = rgb << 8 | stretch(value, window[0], window[1]);
        }
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }

  /** Encodes without a temporary file. */
  static byte[] png(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", stream)) {
        throw new IllegalStateException("this JVM has no PNG writer; java.desktop is incomplete");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The value of an image's {@code src}. */
  static String dataUri(byte[] png) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
  }

  /** Smallest and largest value over all channels, so that colours keep their hue. */
  private static int[] window(byte[] pixels) {
    int min = 255;
    int max = 0;
    for (byte pixel : pixels) {
      min = Math.min(min, pixel & 0xFF);
      max = Math.max(max, pixel & 0xFF);
    }
    return new int[] {min, max};
  }

  private static int stretch(int value, int min, int max) {
    return max == min ? value : ((value - min) * 255 + (max - min) / 2) / (max - min);
  }
}
