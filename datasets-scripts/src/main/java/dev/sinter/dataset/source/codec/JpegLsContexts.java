package dev.sinter.dataset.source.codec;

import java.util.Arrays;

/** The adaptive part of JPEG-LS: counters of each context, and how a residual is read with them. */
final class JpegLsContexts {
  private static final int RUN = 365;
  private static final int LARGEST_K = 24;

  final int near;
  final int maximum;
  private final JpegLsBits bits;
  private final int step;
  private final int range;
  private final int residualBits;
  private final int limit;
  private final int reset;

  /** Sum of magnitudes, bias, correction and occurrences; the last two are of runs. */
  private final int[] a = new int[RUN + 2];

  private final int[] b = new int[RUN];
  private final int[] c = new int[RUN];
  private final int[] n = new int[RUN + 2];
  private final int[] negative = new int[2];

  JpegLsContexts(JpegLsBits bits, JpegLsPreset preset, int near) {
    this.bits = bits;
    this.near = near;
    maximum = preset.maximum();
    reset = preset.reset();
    step = 2 * near + 1;
    range = (maximum + 2 * near) / step + 1;
    residualBits = bitsFor(range - 1);
    int sampleBits = Math.max(2, bitsFor(maximum));
    limit = 2 * (sampleBits + Math.max(8, sampleBits));
    restart();
  }

  private static int bitsFor(int largest) {
    return 32 - Integer.numberOfLeadingZeros(largest);
  }

  void restart() {
    Arrays.fill(a, Math.max(2, (range + 32) / 64));
    Arrays.fill(b, 0);
    Arrays.fill(c, 0);
    Arrays.fill(n, 1);
    Arrays.fill(negative, 0);
  }

  /**
   * Reads a sample of the regular mode.
   *
   * @param context -364 to 364; its sign turns the residual round
   * @param predicted what the neighbours suggest
   */
  int regular(int context, int predicted) {
    int sign = context >> 31;
    int q = (context ^ sign) - sign;
    int seen = n[q];
    int bias = b[q];
    int k = parameter(seen, a[q]);
    int corrected = clamp(predicted + ((c[q] ^ sign) - sign));
    int mapped = golomb(k, limit);
    int error = mapped >> 1 ^ -(mapped & 1);
    if (near == 0 && k == 0 && 2 * bias <= -seen) {
      error = ~error;
    }
    update(q, seen, bias, error);
    return reconstruct(corrected, (error ^ sign) - sign);
  }

  private void update(int q, int occurrences, int oldBias, int error) {
    int seen = occurrences;
    int bias = oldBias + error * step;
    int magnitude = a[q] + Math.abs(error);
    if (seen == reset) {
      magnitude >>= 1;
      bias >>= 1;
      seen >>= 1;
    }
    seen++;
    if (bias <= -seen) {
      bias = Math.max(bias + seen, 1 - seen);
      if (c[q] > -128) {
        c[q]--;
      }
    } else if (bias > 0) {
      bias = Math.min(bias - seen, 0);
      if (c[q] < 127) {
        c[q]++;
      }
    }
    a[q] = magnitude;
    b[q] = bias;
    n[q] = seen;
  }

  /**
   * Reads the sample that ends a run.
   *
   * @param kind 1 where left and upper neighbour are alike, else 0
   * @param runBits bits that the run's length took, which shorten the code
   */
  int interruption(int kind, int left, int up, int runBits) {
    int q = RUN + kind;
    int seen = n[q];
    int k = parameter(seen, a[q] + (kind == 1 ? seen >> 1 : 0));
    int mapped = golomb(k, limit - runBits - 1);
    int sum = mapped + kind;
    int error = (sum + 1) >> 1;
    boolean mostlyNegative = k != 0 || 2 * negative[kind] >= seen;
    if (mostlyNegative == ((sum & 1) == 1)) {
      error = -error;
    }
    if (error < 0) {
      negative[kind]++;
    }
    a[q] += (mapped + 1 - kind) >> 1;
    if (seen == reset) {
      a[q] >>= 1;
      seen >>= 1;
      negative[kind] >>= 1;
    }
    n[q] = seen + 1;
    if (kind == 1) {
      return reconstruct(left, error);
    }
    return reconstruct(up, left > up ? -error : error);
  }

  /** The smallest k with {@code seen << k >= sum}. */
  private static int parameter(int seen, int sum) {
    int k = Math.max(0, Integer.numberOfLeadingZeros(seen) - Integer.numberOfLeadingZeros(sum));
    if (seen << k < sum) {
      k++;
    }
    if (k > LARGEST_K) {
      throw CodecErrors.unreadable(JpegLsCodec.NAME, "its residuals are larger than its samples");
    }
    return k;
  }

  /** A limited Golomb code, A.5.3. */
  private int golomb(int k, int longest) {
    int escape = longest - residualBits - 1;
    int zeros = bits.zeros(escape);
    if (zeros == escape) {
      return bits.read(residualBits) + 1;
    }
    return k == 0 ? zeros : (zeros << k) + bits.read(k);
  }

  private int reconstruct(int predicted, int error) {
    int value = predicted + error * step;
    if (value < -near) {
      value += range * step;
    } else if (value > maximum + near) {
      value -= range * step;
    }
    return clamp(value);
  }

  private int clamp(int value) {
    return value < 0 ? 0 : Math.min(value, maximum);
  }
}
