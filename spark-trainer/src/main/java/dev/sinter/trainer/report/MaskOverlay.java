package dev.sinter.trainer.report;

import java.awt.image.BufferedImage;

/**
 * Lays a label map over an image: each class is a translucent colour with a solid outline, class 0
 * stays bare.
 *
 * <p>The colours are those of Okabe and Ito, told apart with any kind of colour vision.
 */
final class MaskOverlay {
  private static final int[] PALETTE = {
    0xE69F00, 0x56B4E9, 0x009E73, 0xF0E442, 0xCC79A7, 0xD55E00, 0x0072B2
  };
  private static final int FILL_PERCENT = 35;

  private MaskOverlay() {}

  /** Colour of a foreground class, 0xRRGGBB; they come round again after seven. */
  static int color(int label) {
    return PALETTE[(label - 1) % PALETTE.length];
  }

  /** Composes image and labels; {@code labels} is (height, width) row major. */
  static BufferedImage compose(ExamplePicture picture, byte[] labels, Magnification magnification) {
    BufferedImage image = Pictures.render(picture, magnification);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int label = label(picture, labels, magnification, x, y);
        if (label != 0) {
          boolean outline = isEdge(picture, labels, magnification, x, y, label);
          int color = color(label);
          image.setRGB(x, y, outline ? color : blend(image.getRGB(x, y), color));
        }
      }
    }
    return image;
  }

  /** Whether a neighbour (in the new size, so that outlines stay thin) has another label. */
  private static boolean isEdge(
      ExamplePicture picture, byte[] labels, Magnification magnification, int x, int y, int label) {
    int right = magnification.apply(picture.width()) - 1;
    int bottom = magnification.apply(picture.height()) - 1;
    return (x > 0 && label(picture, labels, magnification, x - 1, y) != label)
        || (x < right && label(picture, labels, magnification, x + 1, y) != label)
        || (y > 0 && label(picture, labels, magnification, x, y - 1) != label)
        || (y < bottom && label(picture, labels, magnification, x, y + 1) != label);
  }

  private static int label(
      ExamplePicture picture, byte[] labels, Magnification magnification, int x, int y) {
    return labels[magnification.source(y) * picture.width() + magnification.source(x)] & 0xFF;
  }

  private static int blend(int below, int above) {
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int mixed =
          (below >> shift & 0xFF) * (100 - FILL_PERCENT) + (above >> shift & 0xFF) * FILL_PERCENT;
      rgb = rgb << 8 | (mixed + 50) / 100;
    }
    return rgb;
  }
}
