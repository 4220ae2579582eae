package dev.sinter.trainer.data;

/**
 * What augmentation does to one sample in one epoch, drawn again for every sample without
 * allocation: where its pixels come from, and how their values change.
 *
 * <p>The source of output pixel (x, y) is (xx x + xy y + x0, yx x + yy y + y0), plus what an
 * elastic field adds. Outside of the source the image is the normalised 0 and the mask is class 0.
 */
final class AugmentationDraw {
  private final SplitMix64 random = new SplitMix64(0);
  private final ElasticField elastic = new ElasticField();
  private final IntensityDraw intensity = new IntensityDraw();
  private boolean geometric;
  private boolean mirrored;
  private boolean upsideDown;
  private boolean backToFront;
  private float degrees;
  private float scale;
  private int moveX;
  private int moveY;
  private int turnPlane;
  private int turns;
  private float xx;
  private float xy;
  private float x0;
  private float yx;
  private float yy;
  private float y0;
  private float contrast = 1;
  private float brightness;
  private float[] sourceXOf = {};
  private float[] sourceYOf = {};
  private int[] leftOf = {};
  private int[] topOf = {};
  private int[] placeOf = {};
  private float[] rightOf = {};
  private float[] lowOf = {};

  /** Draws for an image. */
  void draw(Augmentation settings, long seed, int epoch, int sample, int height, int width) {
    draw(settings, seed, epoch, sample, 1, height, width);
  }

  /**
   * Draws from (seed, epoch, sample). Every number is drawn whether it is used or not, so that
   * switching one kind of change on leaves the others as they were.
   */
  void draw(
      Augmentation settings, long seed, int epoch, int sample, int depth, int height, int width) {
    random.reseed(Randomness.AUGMENTATION.seedFor(seed, epoch, sample));
    mirrored = random.nextFloat() < settings.horizontalFlip();
    upsideDown = random.nextFloat() < settings.verticalFlip();
    degrees = symmetric(settings.rotationDegrees());
    moveX = random.nextInt(2 * settings.translatePixels() + 1) - settings.translatePixels();
    moveY = random.nextInt(2 * settings.translatePixels() + 1) - settings.translatePixels();
    scale = random.nextFloat(settings.scaleMin(), settings.scaleMax());
    brightness = symmetric(settings.brightness());
    contrast = 1 + symmetric(settings.contrast());
    backToFront = random.nextFloat() < settings.depthFlip();
    drawTurns(settings, depth, height, width);
    intensity.draw(settings, random, depth, height, width);
    elastic.draw(settings.elasticPixels(), random.nextLong());
    geometric =
        mirrored
            || upsideDown
            || (backToFront && depth > 1)
            || degrees != 0
            || moveX != 0
            || moveY != 0
            || scale != 1
            || turns != 0
            || elastic.isOn();
    if (geometric) {
      set(height, width);
      elastic.spread(height, width);
    }
  }

  /** Planes with equal sides are (rows, columns), (slices, columns) and (slices, rows). */
  private void drawTurns(Augmentation settings, int depth, int height, int width) {
    boolean turned = random.nextFloat() < settings.quarterTurns();
    int choice = random.nextInt(3);
    int count = 1 + random.nextInt(3);
    int planes =
        (height == width ? 1 : 0)
            + (depth > 1 && depth == width ? 1 : 0)
            + (depth > 1 && depth == height ? 1 : 0);
    turns = turned && planes > 0 ? count : 0;
    int only = height == width ? 0 : depth == width ? 1 : 2;
    turnPlane = planes == 3 ? choice : only;
  }

  private float symmetric(float limit) {
    return random.nextFloat(-limit, limit);
  }

  private void set(int height, int width) {
    // StrictMath: the same bits on every CPU. Flips and shifts come out exact.
    double cos = StrictMath.cos(StrictMath.toRadians(degrees));
    double sin = StrictMath.sin(StrictMath.toRadians(degrees));
    double centreX = (width - 1) / 2.0;
    double centreY = (height - 1) / 2.0;
    double inverseX = (mirrored ? -1 : 1) / (double) scale;
    double inverseY = (upsideDown ? -1 : 1) / (double) scale;
    xx = (float) (cos * inverseX);
    xy = (float) (-sin * inverseY);
    yx = (float) (sin * inverseX);
    yy = (float) (cos * inverseY);
    if (turns > 0 && turnPlane == 0) {
      turnInPlane();
    }
    x0 = (float) (centreX - xx * (centreX + moveX) - xy * (centreY + moveY));
    y0 = (float) (centreY - yx * (centreX + moveX) - yy * (centreY + moveY));
  }

  /** The quarter turns come after all else: their map is applied to output places first. */
  private void turnInPlane() {
    for (int turn = 0; turn < turns; turn++) {
      float ofX = xx;
      xx = xy;
      xy = -ofX;
      ofX = yx;
      yx = yy;
      yy = -ofX;
    }
  }

  /** Whether values change by more than a factor and a shift. */
  IntensityDraw intensity() {
    return intensity;
  }

  /** Whether a sample stays as it is. */
  boolean isIdentity() {
    return !geometric && contrast == 1 && brightness == 0 && !intensity.isOn();
  }

  /** How the sources of voxels lie along the slices, see {@link VolumeDraw}. */
  void placeVolume(VolumeDraw volume, int depth) {
    int planeAcross = turns > 0 ? turnPlane : 0;
    volume.set(
        xx,
        xy,
        x0,
        yx,
        yy,
        y0,
        backToFront ? -1 / scale : 1 / scale,
        depth,
        planeAcross,
        planeAcross == 0 ? 0 : turns);
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
      while (from < width) {
        boolean interior = isInterior(from, height, width);
        int to = from;
        while (to < width && isInterior(to, height, width) == interior) {
          placeOf[to] = topOf[to] * width + leftOf[to];
          to++;
        }
        for (int channel = 0; channel < channels; channel++) {
          int offset = channel * height * width;
          int row = offset + y * width;
          if (interior) {
            resampleInterior(source, offset, target, row, from, to, width);
          } else {
            resampleBorder(source, offset, target, row, from, to, height, width);
          }
        }
        from = to;
      }
    }
  }

  private void allocateRow(int width) {
    sourceXOf = new float[width];
    sourceYOf = new float[width];
    leftOf = new int[width];
    topOf = new int[width];
    placeOf = new int[width];
    rightOf = new float[width];
    lowOf = new float[width];
  }

  /** Where the pixels of a row come from: the same for all channels. */
  private void placeRow(int y, int width) {
    placeSources(y, width);
    for (int x = 0; x < width; x++) {
      int left = floor(sourceXOf[x]);
      int top = floor(sourceYOf[x]);
      leftOf[x] = left;
      topOf[x] = top;
      rightOf[x] = sourceXOf[x] - left;
      lowOf[x] = sourceYOf[x] - top;
    }
  }

  private void placeSources(int y, int width) {
    float rowX = xy * y + x0;
    float rowY = yy * y + y0;
    for (int x = 0; x < width; x++) {
      sourceXOf[x] = xx * x + rowX;
      sourceYOf[x] = yx * x + rowY;
    }
    if (elastic.isOn()) {
      elastic.addRow(y, width, sourceXOf, sourceYOf);
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

  /** Resamples the planes of a mask to the nearest pixel. */
  void resampleMask(byte[] source, int[] target, int planes, int height, int width) {
    if (leftOf.length < width) {
      allocateRow(width);
    }
    for (int y = 0; y < height; y++) {
      placeSources(y, width);
      for (int x = 0; x < width; x++) {
        int column = floor(sourceXOf[x] + 0.5f);
        int row = floor(sourceYOf[x] + 0.5f);
        boolean inside = column >= 0 && column < width && row >= 0 && row < height;
        for (int plane = 0; plane < planes; plane++) {
          int offset = plane * height * width;
          target[offset + y * width + x] =
              inside ? source[offset + row * width + column] & 0xff : 0;
        }
      }
    }
  }

  /** Displacements of a row, for volumes. */
  void addElastic(int y, int width, float[] sourceX, float[] sourceY) {
    if (elastic.isOn()) {
      elastic.addRow(y, width, sourceX, sourceY);
    }
  }

  private static float at(float[] source, int offset, int y, int x, int height, int width) {
    boolean inside = x >= 0 && x < width && y >= 0 && y < height;
    return inside ? source[offset + y * width + x] : 0;
  }

  static int floor(float value) {
    int truncated = (int) value;
    return value < truncated ? truncated - 1 : truncated;
  }
}
