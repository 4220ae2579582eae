package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.Optimizers;
import dev.sinter.trainer.sync.StrategyRun.Result;
import java.io.Serializable;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every optimizer across slices, of which one tensor spans several. */
class OptimizerBitsTest {
  private static final int LANES = 4;

  @Provide
  static Arbitrary<OptimizerSettings> optimizers() {
    return Arbitraries.of(Optimizers.names())
        .flatMap(
            name ->
                Arbitraries.of(0.0, 0.02)
                    .flatMap(
                        decay ->
                            Arbitraries.of(0.0, 3.0)
                                .map(
                                    clip ->
                                        OptimizerSettings.of(name, StrategyRun.RATE)
                                            .withWeightDecay(decay)
                                            .withGradientClipNorm(clip))));
  }

  @Property(tries = 40)
  void givesTheSameBitsOnAnyNumberOfWorkersAndThreads(
      @ForAll("optimizers") OptimizerSettings settings,
      @ForAll @IntRange(min = 5, max = 60_000) int length,
      @ForAll @IntRange(min = 1, max = 3) int threads)
      throws Exception {
    float[] alone = run(settings, 1, 1, length, 3).get(0);
    assertThat(alone).doesNotContain(Float.NaN);
    for (int workers : new int[] {2, 4}) {
      for (float[] parameters : run(settings, workers, threads, length, 3)) {
        assertThat(parameters).isEqualTo(alone);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "lamb, 0.0, 0",
    "lamb, 0.1, 0",
    "lamb, 0.1, 3",
    "lars, 0.0, 0",
    "lars, 0.1, 0",
    "lars, 0.1, 3"
  })
  void scalesWholeTensors(String name, double weightDecay, double clipNorm) throws Exception {
    int length = 30_000;
    int steps = 22;
    OptimizerSettings settings =
        OptimizerSettings.of(name, StrategyRun.RATE)
            .withWeightDecay(weightDecay)
            .withGradientClipNorm(clipNorm);
    TensorwiseReference reference =
        new TensorwiseReference(SyntheticLanes.layout(length), settings);
    for (int step = 1; step <= steps; step++) {
      reference.step(step, StrategyRun.RATE, LANES);
    }
    float[] parameters = run(settings, 2, 2, length, steps).get(1);
    for (int i = 0; i < length; i++) {
      assertThat((double) parameters[i]).isCloseTo(reference.parameters[i], within(2e-5));
    }
  }

  private static List<float[]> run(
      OptimizerSettings settings, int workers, int threads, int length, int steps)
      throws Exception {
    StrategyRun body =
        new StrategyRun(
            SyncSettings.gradientSharing().withThreads(threads), settings, LANES, length, steps);
    List<Serializable> results = InMemoryWorkers.run(workers, 20, body);
    return results.stream().map(result -> ((Result) result).parameters()).toList();
  }
}
