package dev.sinter.trainer.data;

/** Gamma, noise and cutout of one sample, drawn again without allocation. */
final class IntensityDraw {
  private static final int STEPS = 256;
  private static final float NOISE_UNIT = (float) StrictMath.sqrt(3);

  private final SplitMix64 random = new SplitMix64(0);
  private final float[] powers = new float[STEPS + 2];
  private final int[] cutFrom = new int[3];
  private final int[] cutTo = new int[3];
  private float exponent = 1;
  private float deviation;
  private long noiseSeed;
  private boolean cut;

  void draw(Augmentation settings, SplitMix64 draws, int depth, int height, int width) {
    // As likely to brighten as to darken.
    double limit = StrictMath.log(1 + (double) settings.gamma());
    exponent = (float) StrictMath.exp(draws.nextFloat((float) -limit, (float) limit));
    deviation = draws.nextFloat(0, settings.noise());
    noiseSeed = draws.nextLong();
    cut = settings.cutout() > 0;
    drawCut(draws, 0, depth, settings.cutout());
    drawCut(draws, 1, height, settings.cutout());
    drawCut(draws, 2, width, settings.cutout());
    if (settings.gamma() == 0) {
      exponent = 1;
    }
  }

  /** The centre lies anywhere, so that borders are cut as often as the middle. */
  private void drawCut(SplitMix64 draws, int axis, int size, float share) {
    int length = size == 1 ? 1 : Math.round(size * draws.nextFloat(share / 2, share));
    int centre = draws.nextInt(size);
    cutFrom[axis] = Math.max(0, centre - length / 2);
    cutTo[axis] = Math.min(size, centre - length / 2 + length);
  }

  boolean isOn() {
    return exponent != 1 || deviation > 0 || cut;
  }

  /** Raises values between the least and the largest to the power that was drawn. */
  void applyGamma(float[] values) {
    if (exponent == 1) {
      return;
    }
    float least = Float.POSITIVE_INFINITY;
    float largest = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      least = Math.min(least, value);
      largest = Math.max(largest, value);
    }
    if (!(largest > least)) {
      return;
    }
    // StrictMath gives the same bits everywhere, and is too slow for every pixel.
    for (int i = 0; i <= STEPS; i++) {
      powers[i] = (float) StrictMath.pow((double) i / STEPS, exponent);
    }
    powers[STEPS + 1] = 1;
    float range = largest - least;
    float steps = STEPS / range;
    for (int i = 0; i < values.length; i++) {
      float place = (values[i] - least) * steps;
      int step = (int) place;
      float power = powers[step] + (place - step) * (powers[step + 1] - powers[step]);
      values[i] = least + power * range;
    }
  }

  /** Adds noise and then erases the block, in (channels, depth, height, width). */
  void applyNoiseAndCutout(float[] values, int channels, int depth, int height, int width) {
    if (deviation > 0) {
      addNoise(values);
    }
    if (cut) {
      erase(values, channels, depth, height, width);
    }
  }

  /** Nearly normal: the sum of four uniform numbers, from one draw of the generator. */
  private void addNoise(float[] values) {
    random.reseed(noiseSeed);
    float unit = deviation * NOISE_UNIT;
    for (int i = 0; i < values.length; i++) {
      long bits = random.nextLong();
      int sum =
          (int) (bits & 0xffff)
              + (int) (bits >>> 16 & 0xffff)
              + (int) (bits >>> 32 & 0xffff)
              + (int) (bits >>> 48);
      values[i] += unit * (sum * 0x1p-16f - 2);
    }
  }

  private void erase(float[] values, int channels, int depth, int height, int width) {
    for (int channel = 0; channel < channels; channel++) {
      for (int z = cutFrom[0]; z < cutTo[0]; z++) {
        for (int y = cutFrom[1]; y < cutTo[1]; y++) {
          int row = ((channel * depth + z) * height + y) * width;
          for (int x = cutFrom[2]; x < cutTo[2]; x++) {
            values[row + x] = 0;
          }
        }
      }
    }
  }
}
