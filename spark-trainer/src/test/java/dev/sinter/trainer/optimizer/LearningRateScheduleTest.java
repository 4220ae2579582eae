package dev.sinter.trainer.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.trainer.optimizer.LearningRateSchedule.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningRateScheduleTest {
  @ParameterizedTest
  @CsvSource({
    // warm-up, shape, step, rate; the peak is 0.4, the floor 0.1, of 109 steps
    "0, CONSTANT, 1, 0.4",
    "0, CONSTANT, 109, 0.4",
    "8, CONSTANT, 1, 0.05",
    "8, CONSTANT, 8, 0.4",
    "8, CONSTANT, 9, 0.4",
    "0, COSINE, 1, 0.4",
    "0, COSINE, 55, 0.25",
    "0, COSINE, 109, 0.1",
    "9, COSINE, 3, 0.13333333",
    "9, COSINE, 9, 0.4",
    "9, COSINE, 59, 0.25",
    "9, COSINE, 109, 0.1",
    "9, COSINE, 500, 0.1"
  })
  void isAPureFunctionOfTheStep(long warmupSteps, Shape shape, long step, double rate) {
    LearningRateSchedule schedule = new LearningRateSchedule(0.4, warmupSteps, shape, 0.1);
    assertThat(schedule.at(step, 109)).isCloseTo(rate, within(1e-8));
  }
}
