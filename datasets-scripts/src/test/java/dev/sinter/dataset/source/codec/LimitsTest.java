package dev.sinter.dataset.source.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
  @Test
  void givesTheSamplesOfWhatFits() {
    assertThat(new Limits(24).require("raw", 2, 4, 3)).isEqualTo(24);
  }

  @ParameterizedTest
  @CsvSource({"3, 3, 3", "25, 1, 1", "1, 25, 1", "1, 1, 25", "2147483647, 2147483647, 4"})
  void refusesMore(long rows, long columns, long samples) {
    assertThatThrownBy(() -> new Limits(24).require("raw", rows, columns, samples))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("IMAGE_TOO_LARGE"));
  }

  /** A caller's own limit may be more than an array holds. */
  @Test
  void refusesWhatNoArrayHolds() {
    Limits limits = new Limits(Long.MAX_VALUE);
    assertThatThrownBy(() -> limits.require("raw", 1 << 16, 1 << 15, 1))
        .isInstanceOf(SinterException.class);
  }
}
