package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StragglersTest {
  private static List<Integer> among(Double... secondsPerLane) {
    return IntStream.range(0, secondsPerLane.length)
        .filter(worker -> Stragglers.isOne(List.of(secondsPerLane), worker))
        .boxed()
        .toList();
  }

  @Test
  void computeMuchLongerThanTheMedianOfTheOthers() {
    assertThat(among(1.0)).isEmpty();
    assertThat(among(1.0, 1.4)).isEmpty();
    assertThat(among(1.0, 1.6)).containsExactly(1);
    assertThat(among(9.0, 1.0, 1.2, 1.1)).containsExactly(0);
    assertThat(among(9.0, 1.0, 8.0, 1.1, 0.9)).containsExactly(0, 2);
  }
}
