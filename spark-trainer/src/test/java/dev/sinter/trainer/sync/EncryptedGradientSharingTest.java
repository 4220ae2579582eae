package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.sync.StrategyRun.Result;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

/** Gradient sharing between two executor processes that authenticate and encrypt. */
class EncryptedGradientSharingTest {
  private static final int LENGTH = 200_000;
  private static final int LANES = 4;
  private static final int STEPS = 3;

  @Test
  void givesTheReferencesBits() throws Exception {
    OptimizerSettings sgd = OptimizerSettings.of("sgd", StrategyRun.RATE).withWeightDecay(0.01);
    ReferenceTraining reference = new ReferenceTraining(SyntheticLanes.layout(LENGTH), sgd);
    for (int step = 1; step <= STEPS; step++) {
      reference.step(step, StrategyRun.RATE, 0, LANES);
    }
    Map<String, String> security =
        Map.of(
            "spark.authenticate", "true",
            "spark.authenticate.secret", "of this test",
            "spark.network.crypto.enabled", "true");
    StrategyRun body = new StrategyRun(SyncSettings.gradientSharing(), sgd, LANES, LENGTH, STEPS);
    try (JavaSparkContext spark = SparkTestClusters.localCluster("encrypted", 2, security)) {
      List<Serializable> results = SparkWorkers.run(spark, 2, 60, body);
      assertThat(results)
          .hasSize(2)
          .allSatisfy(
              result -> assertThat(((Result) result).parameters()).isEqualTo(reference.parameters));
    }
  }
}
