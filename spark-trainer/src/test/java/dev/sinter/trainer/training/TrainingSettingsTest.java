package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.optimizer.Course;
import dev.sinter.trainer.optimizer.LearningRateSchedule;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingSettingsTest {
  private static LearningRateSchedule schedule(String optimizer) {
    return TrainingSettings.schedule(
        ConfigFile.parse(
            """
            data: {output: shards}
            model: {name: resnet18}
            train: {output: runs/one, lanes: 8, micro-batch-size: 128}
            optimizer: %s
            """
                .formatted(optimizer),
            Map.of(),
            "test.yaml"),
        10);
  }

  @Test
  void scalesTheRateWithTheGlobalBatch() {
    // Goyal et al.: 0.1 for 256 images is 0.4 for 1024.
    assertThat(schedule("{learning-rate: 0.1, reference-batch: 256}").peak())
        .isCloseTo(0.4, within(1e-12));
    assertThat(schedule("{learning-rate: 0.1}").peak()).isEqualTo(0.1);
  }

  @Test
  void countsEpochsInSteps() {
    assertThat(schedule("{schedule: {name: step, step-epochs: 2.5, warm-up-epochs: 0.5}}"))
        .isEqualTo(new LearningRateSchedule(0.01, 5, new Course.Step(25, 0.1, 0)));
  }

  @Test
  void readsEverySchedule() {
    assertThat(schedule("{schedule: {name: constant}}").course()).isEqualTo(new Course.Constant());
    assertThat(schedule("{schedule: {floor: 0.5}}").course()).isEqualTo(new Course.Cosine(0.5));
    assertThat(schedule("{schedule: {name: polynomial, power: 2, floor: 0.5}}").course())
        .isEqualTo(new Course.Polynomial(2, 0.5));
    assertThat(schedule("{schedule: {name: one-cycle, start: 0.2, rise: 0.3}}").course())
        .isEqualTo(new Course.OneCycle(0.2, 0.3, 0));
  }
}
