package dev.sinter.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SplitMix64Test {
  /** The reference outputs of the published C code for seed 1234567. */
  @Test
  void drawsThePublishedNumbers() {
    SplitMix64 random = new SplitMix64(1234567);
    assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("6457827717110365317");
    assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("3203168211198807973");
    assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("9817491932198370423");
  }

  @Property(tries = 500)
  void staysWithinBounds(@ForAll long seed, @ForAll @IntRange(min = 1) int bound) {
    SplitMix64 random = new SplitMix64(seed);
    assertThat(random.nextInt(bound)).isBetween(0, bound - 1);
    assertThat(random.nextFloat()).isGreaterThanOrEqualTo(0).isLessThan(1);
  }

  @Test
  void givesEachPurposeItsOwnStream() {
    assertThat(Randomness.DROPOUT.seedFor(1, 2, 3)).isNotEqualTo(Randomness.MIXUP.seedFor(1, 2, 3));
    assertThat(Randomness.DROPOUT.seedFor(1, 2, 3))
        .isNotEqualTo(Randomness.DROPOUT.seedFor(1, 3, 2));
  }
}
