package dev.sinter.trainer.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningRateScheduleTest {
  private static final long STEPS = 109;

  private static final Map<String, Course> COURSES =
      Map.of(
          "constant", new Course.Constant(),
          "step", new Course.Step(30, 0.1, 0),
          "step with a floor", new Course.Step(30, 0.1, 0.05),
          "cosine", new Course.Cosine(0.25),
          "line", new Course.Polynomial(1, 0),
          "parabola", new Course.Polynomial(2, 0.25),
          "one cycle", new Course.OneCycle(0.1, 0.25, 0.01));

  @ParameterizedTest
  @CsvSource({
    // course, warm-up, step, rate; the peak is 0.4, of 109 steps
    "constant, 0, 1, 0.4",
    "constant, 0, 109, 0.4",
    "constant, 8, 1, 0.05",
    "constant, 8, 8, 0.4",
    "constant, 8, 9, 0.4",
    "step, 0, 1, 0.4",
    "step, 0, 30, 0.4",
    "step, 0, 31, 0.04",
    "step, 0, 61, 0.004",
    "step, 0, 109, 0.0004",
    "step, 10, 5, 0.2",
    "step, 10, 30, 0.4",
    "step, 10, 31, 0.04",
    "step with a floor, 0, 31, 0.04",
    "step with a floor, 0, 61, 0.02",
    "cosine, 0, 1, 0.4",
    "cosine, 0, 55, 0.25",
    "cosine, 0, 109, 0.1",
    "cosine, 9, 3, 0.13333333",
    "cosine, 9, 9, 0.4",
    "cosine, 9, 59, 0.25",
    "cosine, 9, 109, 0.1",
    "cosine, 9, 500, 0.1",
    "line, 0, 1, 0.4",
    "line, 0, 28, 0.3",
    "line, 0, 55, 0.2",
    "line, 0, 109, 0",
    "line, 9, 9, 0.4",
    "line, 9, 59, 0.2",
    "parabola, 0, 55, 0.175",
    "parabola, 0, 109, 0.1",
    "one cycle, 0, 1, 0.04",
    "one cycle, 0, 28, 0.4",
    "one cycle, 0, 55, 0.04",
    "one cycle, 0, 82, 0.022",
    "one cycle, 0, 109, 0.004"
  })
  void isAPureFunctionOfTheStep(String course, long warmupSteps, long step, double rate) {
    LearningRateSchedule schedule = new LearningRateSchedule(0.4, warmupSteps, COURSES.get(course));
    assertThat(schedule.at(step, STEPS)).isCloseTo(rate, within(1e-8));
  }

  @Test
  void aRunThatIsAllWarmUpEndsAtThePeak() {
    for (Course course : COURSES.values()) {
      if (!(course instanceof Course.OneCycle)) {
        assertThat(new LearningRateSchedule(0.4, 10, course).at(10, 10)).isEqualTo(0.4);
      }
    }
  }
}
