package dev.sinter.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanePlanTest {
  @Test
  void dealsContiguousRanges() {
    LanePlan plan = new LanePlan(103, 4, 8);
    assertThat(plan.globalBatchSize()).isEqualTo(32);
    assertThat(plan.stepsPerEpoch()).isEqualTo(3);
    assertThat(plan.samplesOfLane(0)).isEqualTo(new LanePlan.Range(0, 25));
    assertThat(plan.samplesOfLane(3)).isEqualTo(new LanePlan.Range(77, 103));
    assertThat(plan.lanesOfWorker(2, 3)).isEqualTo(new LanePlan.Range(2, 4));
    assertThat(plan.samplesOfWorker(2, 3)).isEqualTo(new LanePlan.Range(51, 103));
  }

  @Test
  void derivesEpochAndStepFromTheStepOfTheRun() {
    LanePlan plan = new LanePlan(103, 4, 8);
    assertThat(plan.epochOf(7)).isEqualTo(2);
    assertThat(plan.stepInEpoch(7)).isEqualTo(1);
  }

  @Test
  void holdsMoreSamplesThanAnIntProduct() {
    LanePlan plan = new LanePlan(Integer.MAX_VALUE, 64, 8);
    assertThat(plan.samplesOfLane(63).to()).isEqualTo(Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource({
    "31, 4, 8, TOO_FEW_SAMPLES",
    "100, 3, 8, LANES_NOT_POWER_OF_TWO",
    "100, 0, 8, LANES_NOT_POWER_OF_TWO",
    "100, 4, 0, MICRO_BATCH_NOT_POSITIVE"
  })
  void refusesWhatCannotBeDealt(int samples, int lanes, int microBatchSize, String code) {
    assertThatThrownBy(() -> new LanePlan(samples, lanes, microBatchSize))
        .asInstanceOf(InstanceOfAssertFactories.type(SinterException.class))
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.category()).isEqualTo(ErrorCategory.USAGE);
            });
  }

  @Test
  void namesTheNumbersWhenSamplesAreTooFew() {
    assertThatThrownBy(() -> new LanePlan(31, 4, 8))
        .hasMessageContainingAll("31 samples", "global batch of 32", "4 lanes", "size 8");
  }

  @Test
  void refusesIdleWorkers() {
    assertThatThrownBy(() -> new LanePlan(103, 4, 8).lanesOfWorker(0, 5))
        .hasMessageContaining("5 workers share 4 lanes");
  }
}
