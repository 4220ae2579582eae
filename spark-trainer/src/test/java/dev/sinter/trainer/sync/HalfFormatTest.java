package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HalfFormatTest {
  @Property
  void roundsToTheNearestNumbers(
      @ForAll HalfFormat format, @ForAll @Size(min = 1, max = 50) float[] values) {
    float[] rounded = round(format, values);
    for (int i = 0; i < values.length; i++) {
      assertThat(Float.valueOf(rounded[i]))
          .isEqualTo(Float.valueOf(nearest(format, values[i], largest(values))));
    }
  }

  @Property
  void packsRoundedNumbersWithoutLoss(
      @ForAll HalfFormat format, @ForAll @Size(min = 1, max = 50) float[] values) {
    int[] bits = bits(round(format, values));
    int[] again = bits.clone();
    format.round(again, again.length);
    assertThat(again).as("rounded twice").isEqualTo(bits);
    int[] words = new int[format.words(bits.length)];
    format.pack(bits, bits.length, words);
    int[] unpacked = new int[bits.length];
    format.unpack(words, bits.length, unpacked);
    assertThat(unpacked).isEqualTo(bits);
  }

  @Property
  void whatIsNotFiniteStaysSo(
      @ForAll HalfFormat format,
      @ForAll @Size(min = 1, max = 20) float[] values,
      @ForAll @IntRange(max = 19) int place,
      @ForAll @IntRange(min = 0x7f80_0000) int bitsOfPlace) {
    float[] spoilt = values.clone();
    spoilt[place % values.length] = Float.intBitsToFloat(bitsOfPlace);
    int[] bits = bits(round(format, spoilt));
    int[] words = new int[format.words(bits.length)];
    format.pack(bits, bits.length, words);
    format.unpack(words, bits.length, bits);
    assertThat(Float.intBitsToFloat(bits[place % values.length])).isNotFinite();
  }

  @Test
  void aBlockOfHalvesReachesOverTheRangeOfItsLargest() {
    float[] values = {3e38f, 1e38f, -3e38f * 0x1p-28f, 1e20f, 0, 1e-30f};
    float[] rounded = round(HalfFormat.FP16, values);
    assertThat(rounded[0]).isCloseTo(3e38f, within(values[0]));
    assertThat(rounded[1]).isCloseTo(1e38f, within(values[1]));
    assertThat(rounded[2]).isCloseTo(values[2], within(values[2]));
    assertThat(Arrays.copyOfRange(rounded, 3, 6)).containsExactly(0, 0, 0);
    float[] small = {1e-30f, -3e-33f};
    assertThat(round(HalfFormat.FP16, small)[1]).isCloseTo(-3e-33f, within(small[1]));
  }

  @Test
  void takesTwoBytesPerNumber() {
    assertThat(HalfFormat.BF16.words(4096)).isEqualTo(2048);
    assertThat(HalfFormat.FP16.words(4096)).isEqualTo(2049);
    assertThat(HalfFormat.FP16.words(7)).isEqualTo(5);
  }

  private static org.assertj.core.data.Offset<Float> within(float value) {
    return org.assertj.core.data.Offset.offset(Math.abs(value) * 0x1p-11f);
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** In doubles, one number at a time. */
  private static float nearest(HalfFormat format, float value, float largest) {
    int significant = format == HalfFormat.BF16 ? 8 : 11;
    double rounded = nearest(value, significant);
    if (format == HalfFormat.FP16) {
      double top = nearest(largest, significant);
      if (top > Float.MAX_VALUE) {
        return Float.NaN;
      }
      int smallest = Math.max(Float.MIN_EXPONENT, Math.getExponent(top) - 29);
      if (Math.abs(rounded) < Math.scalb(1.0, smallest)) {
        return 0;
      }
    }
    return (float) rounded;
  }

  private static double nearest(float value, int significant) {
    int exponent = Math.max(Float.MIN_EXPONENT, Math.getExponent((double) value));
    double unit = Math.scalb(1.0, exponent - significant + 1);
    return Math.rint(value / unit) * unit;
  }

  private static float[] round(HalfFormat format, float[] values) {
    int[] bits = bits(values);
    format.round(bits, bits.length);
    float[] rounded = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      rounded[i] = Float.intBitsToFloat(bits[i]);
    }
    return rounded;
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
