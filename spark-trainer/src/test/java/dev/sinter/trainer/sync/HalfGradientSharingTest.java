package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.UpdatePlan;
import dev.sinter.trainer.sync.Compression.Kind;
import dev.sinter.trainer.sync.StrategyRun.Result;
import java.io.Serializable;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HalfGradientSharingTest {
  private static final OptimizerSettings SGD =
      OptimizerSettings.of("sgd", StrategyRun.RATE).withWeightDecay(0.01);

  @Property(tries = 60)
  void givesTheReferencesBitsOnAnyNumberOfWorkers(
      @ForAll boolean fp16,
      @ForAll @IntRange(max = 4) int logLanes,
      @ForAll @IntRange(min = 1, max = 16) int wanted,
      @ForAll @IntRange(min = 5, max = 30_000) int length,
      @ForAll @IntRange(min = 1, max = 4) int steps)
      throws Exception {
    int lanes = 1 << logLanes;
    HalfFormat format = fp16 ? HalfFormat.FP16 : HalfFormat.BF16;
    ReferenceTraining reference = new ReferenceTraining(SyntheticLanes.layout(length), SGD);
    for (int step = 1; step <= steps; step++) {
      float[] mean = sum(format, step, 0, lanes, lanes, reference.parameters);
      for (int i = 0; i < mean.length; i++) {
        mean[i] *= 1f / lanes;
      }
      reference.apply(step, StrategyRun.RATE, mean);
    }
    StrategyRun body =
        new StrategyRun(
            SyncSettings.gradientSharing(Compression.of(fp16 ? Kind.FP16 : Kind.BF16)),
            SGD,
            lanes,
            length,
            steps);
    for (Serializable result : InMemoryWorkers.run(Math.min(wanted, lanes), 20, body)) {
      assertThat(((Result) result).parameters()).isEqualTo(reference.parameters);
    }
  }

  /** The tree over all lanes, of which every node but the root is rounded. */
  private static float[] sum(
      HalfFormat format, long step, int from, int to, int lanes, float[] parameters) {
    float[] sum;
    if (to - from == 1) {
      sum = SyntheticLanes.gradient(step, from, parameters);
    } else {
      int middle = (from + to) / 2;
      sum = sum(format, step, from, middle, lanes, parameters);
      float[] right = sum(format, step, middle, to, lanes, parameters);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += right[i];
      }
    }
    for (int at = 0; to - from < lanes && at < sum.length; at += UpdatePlan.BLOCK) {
      int[] bits = new int[Math.min(UpdatePlan.BLOCK, sum.length - at)];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = Float.floatToRawIntBits(sum[at + i]);
      }
      format.round(bits, bits.length);
      for (int i = 0; i < bits.length; i++) {
        sum[at + i] = Float.intBitsToFloat(bits[i]);
      }
    }
    return sum;
  }

  /** Two bytes per gradient to its owner, four per parameter to the other worker. */
  @ParameterizedTest
  @EnumSource(names = {"FP16", "BF16"})
  void sendsThreeQuartersOfTheBytes(Kind kind) throws Exception {
    long whole = bytesSent(Compression.NONE);
    assertThat(bytesSent(Compression.of(kind))).isBetween(whole * 74 / 100, whole * 76 / 100);
  }

  @ParameterizedTest
  @EnumSource(names = {"FP16", "BF16"})
  void staysCloseToWholeGradients(Kind kind) throws Exception {
    float[] whole = train(Compression.NONE);
    float[] rounded = train(Compression.of(kind));
    assertThat(rounded).isNotEqualTo(whole);
    double error = 0;
    double moved = 0;
    float[] initial = SyntheticLanes.initial(whole.length);
    for (int i = 0; i < whole.length; i++) {
      error += Math.pow(rounded[i] - whole[i], 2);
      moved += Math.pow(whole[i] - initial[i], 2);
    }
    double unit = kind == Kind.FP16 ? 0x1p-11 : 0x1p-8;
    assertThat(Math.sqrt(error / moved)).isBetween(unit / 100, unit);
  }

  private static float[] train(Compression compression) throws Exception {
    StrategyRun body =
        new StrategyRun(SyncSettings.gradientSharing(compression), SGD, 4, 20_000, 5);
    return ((Result) InMemoryWorkers.run(2, 20, body).get(0)).parameters();
  }

  private static long bytesSent(Compression compression) throws Exception {
    int length = 200_000;
    List<Serializable> results =
        InMemoryWorkers.run(
            2,
            20,
            exchange -> {
              Lanes lanes = new Lanes(2, 2);
              try (FlatVector parameters = FlatVector.ofFloats(length);
                  Strategy strategy =
                      Strategies.create(
                          SyncSettings.gradientSharing(compression),
                          SGD,
                          UpdatePlan.of(SyntheticLanes.layout(length)),
                          lanes,
                          parameters,
                          exchange)) {
                StrategyRun.compute(
                    strategy, 1, lanes, exchange.rank(), StrategyRun.read(parameters));
                return strategy.synchronise(1, StrategyRun.RATE).bytesSent();
              }
            });
    return (Long) results.get(0);
  }
}
