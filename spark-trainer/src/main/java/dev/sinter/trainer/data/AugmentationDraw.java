package dev.sinter.trainer.data;

/**
 * What augmentation does to one sample in one epoch: an inverse affine map and an intensity map,
 * drawn again for every sample without allocation.
 *
 * <p>The source of output pixel (x, y) is (xx x + xy y + x0, yx x + yy y + y0). Outside of the
 * source the image is the normalised 0 and the mask is class 0.
 */
final class AugmentationDraw {
  private final SplitMix64 random = new SplitMix64(0);
  private boolean geometric;
  private float xx;
  private float xy;
  private float x0;
  private float yx;
  private float yy;
  private float y0;
  private float contrast = 1;
  private float brightness;
  private int[] leftOf = {};
  private int[] topOf = {};
  private int[] placeOf = {};
  private float[] rightOf = {};
  private float[] lowOf = {};

  /**
   * Draws from (seed, epoch, sample). Every number is drawn whether it is used or not, so that
   * switching one kind of change on leaves the others as they were.
   */
  void draw(Augmentation settings, long seed, int epoch, int sample, int height, int width) {
    random.reseed(Randomness.AUGMENTATION.seedFor(seed, epoch, sample));
    boolean mirrored = random.nextFloat() < settings.horizontalFlip();
    boolean upsideDown = random.nextFloat() < settings.verticalFlip();
    float degrees = symmetric(settings.rotationDegrees());
    int moveX = random.nextInt(2 * settings.translatePixels() + 1) - settings.translatePixels();
    int moveY = random.nextInt(2 * settings.translatePixels() + 1) - settings.translatePixels();
    float scale = random.nextFloat(settings.scaleMin(), settings.scaleMax());
    brightness = symmetric(settings.brightness());
    contrast = 1 + symmetric(settings.contrast());
    geometric = mirrored || upsideDown || degrees != 0 || moveX != 0 || moveY != 0 || scale != 1;
    if (geometric) {
      set(mirrored ? -1 : 1, upsideDown ? -1 : 1, degrees, moveX, moveY, scale, height, width);
    }
  }

  private float symmetric(float limit) {
    return random.nextFloat(-limit, limit);
  }

  private void set(
      int signX,
      int signY,
      float degrees,
      int moveX,
      int moveY,
      float scale,
      int height,
      int width) {
    // StrictMath: the same bits on every CPU. Flips and shifts come out exact.
    double cos = StrictMath.cos(StrictMath.toRadians(degrees));
    double sin = StrictMath.sin(StrictMath.toRadians(degrees));
    double centreX = (width - 1) / 2.0;
    double centreY = (height - 1) / 2.0;
    double inverseX = signX / (double) scale;
    double inverseY = signY / (double) scale;
    xx = (float) (cos * inverseX);
    xy = (float) (-sin * inverseY);
    yx = (float) (sin * inverseX);
    yy = (float) (cos * inverseY);
    x0 = (float) (centreX - xx * (centreX + moveX) - xy * (centreY + moveY));
    y0 = (float) (centreY - yx * (centreX + moveX) - yy * (centreY + moveY));
  }

  /** Whether pixels move at all. */
  boolean geometric() {
    return geometric;
  }

  /** Factor of normalised values. */
  float contrast() {
    return contrast;
  }

  /** Added after {@link #contrast()}. */
  float brightness() {
    return brightness;
  }

  /** Resamples all channels bilinearly. */
  void resampleImage(float[] source, float[] target, int channels, int height, int width) {
    if (leftOf.length < width) {
      allocateRow(width);
    }
    for (int y = 0; y < height; y++) {
      placeRow(y, width);
      int from = 0;
      while (from < width && !isInterior(from, height, width)) {
        from++;
      }
      int to = from; // straight lines cross the interior once
      while (to < width && isInterior(to, height, width)) {
        placeOf[to] = topOf[to] * width + leftOf[to];
        to++;
      }
      for (int channel = 0; channel < channels; channel++) {
        int offset = channel * height * width;
        int row = offset + y * width;
        resampleBorder(source, offset, target, row, 0, from, height, width);
        resampleInterior(source, offset, target, row, from, to, width);
        resampleBorder(source, offset, target, row, to, width, height, width);
      }
    }
  }

  private void allocateRow(int width) {
    leftOf = new int[width];
    topOf = new int[width];
    placeOf = new int[width];
    rightOf = new float[width];
    lowOf = new float[width];
  }

  /** Where the pixels of a row come from: the same for all channels. */
  private void placeRow(int y, int width) {
    float rowX = xy * y + x0;
    float rowY = yy * y + y0;
    for (int x = 0; x < width; x++) {
      float sourceX = xx * x + rowX;
      float sourceY = yx * x + rowY;
      int left = floor(sourceX);
      int top = floor(sourceY);
      leftOf[x] = left;
      topOf[x] = top;
      rightOf[x] = sourceX - left;
      lowOf[x] = sourceY - top;
    }
  }

  private boolean isInterior(int x, int height, int width) {
    return leftOf[x] >= 0 && leftOf[x] < width - 1 && topOf[x] >= 0 && topOf[x] < height - 1;
  }

  private void resampleInterior(
      float[] source, int offset, float[] target, int row, int from, int to, int width) {
    for (int x = from; x < to; x++) {
      int at = offset + placeOf[x];
      float right = rightOf[x];
      float above = source[at] + right * (source[at + 1] - source[at]);
      float below = source[at + width] + right * (source[at + width + 1] - source[at + width]);
      target[row + x] = above + lowOf[x] * (below - above);
    }
  }

  private void resampleBorder(
      float[] source,
      int offset,
      float[] target,
      int row,
      int from,
      int to,
      int height,
      int width) {
    for (int x = from; x < to; x++) {
      int left = leftOf[x];
      int top = topOf[x];
      float right = rightOf[x];
      float low = lowOf[x];
      float above =
          (1 - right) * at(source, offset, top, left, height, width)
              + right * at(source, offset, top, left + 1, height, width);
      float below =
          (1 - right) * at(source, offset, top + 1, left, height, width)
              + right * at(source, offset, top + 1, left + 1, height, width);
      target[row + x] = (1 - low) * above + low * below;
    }
  }

  /** Resamples a mask to the nearest pixel. */
  void resampleMask(byte[] source, int[] target, int height, int width) {
    for (int y = 0; y < height; y++) {
      float rowX = xy * y + x0;
      float rowY = yy * y + y0;
      for (int x = 0; x < width; x++) {
        int column = floor(xx * x + rowX + 0.5f);
        int row = floor(yx * x + rowY + 0.5f);
        boolean inside = column >= 0 && column < width && row >= 0 && row < height;
        target[y * width + x] = inside ? source[row * width + column] & 0xff : 0;
      }
    }
  }

  private static float at(float[] source, int offset, int y, int x, int height, int width) {
    boolean inside = x >= 0 && x < width && y >= 0 && y < height;
    return inside ? source[offset + y * width + x] : 0;
  }

  private static int floor(float value) {
    int truncated = (int) value;
    return value < truncated ? truncated - 1 : truncated;
  }
}
