package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.sync.StrategyRun.Result;
import java.io.Serializable;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ParameterAveragingTest {
  @Property(tries = 60)
  void givesTheReferencesBits(
      @ForAll @IntRange(max = 3) int logLanes,
      @ForAll @IntRange(min = 1, max = 8) int wanted,
      @ForAll @IntRange(min = 5, max = 20_000) int length,
      @ForAll @IntRange(min = 1, max = 3) int everySteps,
      @ForAll @IntRange(max = 2) int optimizer)
      throws Exception {
    Lanes lanes = new Lanes(1 << logLanes, Math.min(wanted, 1 << logLanes));
    OptimizerSettings settings =
        OptimizerSettings.of(new String[] {"sgd", "adam", "adamw"}[optimizer], StrategyRun.RATE);
    int steps = 2 * everySteps;

    ReferenceTraining[] reference = new ReferenceTraining[lanes.workers()];
    for (int worker = 0; worker < reference.length; worker++) {
      reference[worker] = new ReferenceTraining(SyntheticLanes.layout(length), settings);
    }
    for (int step = 1; step <= steps; step++) {
      for (int worker = 0; worker < reference.length; worker++) {
        reference[worker].step(step, StrategyRun.RATE, lanes.first(worker), lanes.end(worker));
      }
      if (step % everySteps == 0) {
        ReferenceTraining.average(reference, lanes);
      }
    }

    StrategyRun body =
        new StrategyRun(
            SyncSettings.parameterAveraging(everySteps), settings, lanes.count(), length, steps);
    for (Serializable result : InMemoryWorkers.run(lanes.workers(), 20, body)) {
      assertThat(((Result) result).parameters()).isEqualTo(reference[0].parameters);
    }
  }
}
