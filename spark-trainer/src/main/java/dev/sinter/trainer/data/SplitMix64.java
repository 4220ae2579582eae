package dev.sinter.trainer.data;

/**
 * The SplitMix64 generator (Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014).
 *
 * <p>Written out here since its numbers are a contract: they decide sample order and augmentation,
 * so a run must draw the same ones on every JDK. It can be seeded again, so that a generator per
 * sample costs no allocation. Not thread-safe.
 */
public final class SplitMix64 {
  static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  /** Starts a stream; any seed is as good as another. */
  public SplitMix64(long seed) {
    this.state = seed;
  }

  /** Starts another stream. */
  public void reseed(long seed) {
    state = seed;
  }

  /** The next 64 bits. */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** Uniform in [0, bound), without modulo bias. */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound " + bound + " is not positive");
    }
    while (true) {
      int bits = (int) (nextLong() >>> 33);
      int value = bits % bound;
      // Overflows exactly when bits lies in the incomplete last run of length bound.
      if (bits - value + (bound - 1) >= 0) {
        return value;
      }
    }
  }

  /** Uniform in [0, 1), a multiple of 2^-24. */
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1p-24f;
  }

  /** Uniform in [from, to); {@code from} when they are equal. */
  public float nextFloat(float from, float to) {
    return from + (to - from) * nextFloat();
  }

  /** The finaliser: a bijection in which every input bit changes about half of the output bits. */
  static long mix(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
