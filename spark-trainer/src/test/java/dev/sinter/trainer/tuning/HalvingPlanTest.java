package dev.sinter.trainer.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalvingPlanTest {
  @ParameterizedTest
  @CsvSource({
    "9, 3, 1, 9, 9@1 3@3 1@9",
    "8, 2, 1, 4, 8@1 4@2 2@4",
    "10, 3, 2, 20, 10@2 3@6 1@20",
    "27, 3, 1, 9, 27@1 9@3 3@9",
    "4, 2, 3, 3, 4@3",
    "1, 3, 1, 9, 1@9",
    "2, 3, 1, 9, 2@1 1@9",
    "100, 4, 1, 10, 100@1 25@4 6@10",
  })
  void rungs(int trials, int eta, int minEpochs, int maxEpochs, String expected) {
    assertThat(
            HalvingPlan.rungs(trials, eta, minEpochs, maxEpochs).stream()
                .map(rung -> rung.trials() + "@" + rung.epochs())
                .collect(Collectors.joining(" ")))
        .isEqualTo(expected);
  }
}
