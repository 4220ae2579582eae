package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerSizingTest {
  private static final String YAML =
      """
      data: {output: shards}
      model: {name: resnet18, options: {stem: small}}
      train: {output: runs}
      """;

  private static RunConfig config(String... overrides) {
    Map<String, String> keys = new LinkedHashMap<>();
    for (String override : overrides) {
      String[] parts = override.split("=", 2);
      keys.put(parts[0], parts[1]);
    }
    return ConfigFile.parse(YAML, keys, "test");
  }

  @ParameterizedTest(name = "{0} cpus, {1} threads a lane, {2} lanes, {3} workers")
  @CsvSource({
    "1, 1, 4, 1, 1, 4",
    "2, 1, 4, 1, 2, 4",
    "8, 1, 4, 2, 2, 2",
    "8, 4, 16, 2, 2, 8",
    "4, 8, 4, 1, 1, 4",
    "5, 2, 8, 3, 2, 3"
  })
  void dividesCpusAndLanes(
      int cpus, int threads, int lanes, int workers, int expectedSlots, int expectedLanes) {
    RunConfig run =
        config(
            "engine.threads-per-lane=" + threads,
            "train.lanes=" + lanes,
            "cluster.workers=" + workers);
    SparkConf spark = new SparkConf(false).set("spark.task.cpus", Integer.toString(cpus));
    WorkerSizing sizing = WorkerSizing.of(run, spark);
    assertThat(sizing.slots()).isEqualTo(expectedSlots);
    assertThat(sizing.lanes()).isEqualTo(expectedLanes);
  }

  private static MemoryEstimate estimate(String... overrides) {
    RunConfig run = config(overrides);
    ModelSpec spec =
        new ModelSpec(
            "resnet18", 1, 32, 32, 2, "cross-entropy", run.model().options(), run.train().seed());
    Network network = Network.of(spec, ModelRegistry.configuration(spec));
    return WorkerSizing.of(run, new SparkConf(false)).memory(network);
  }

  @Test
  void activationsGrowWithTheMicroBatch() {
    assertThat(estimate("train.micro-batch-size=16").activationBytes())
        .isEqualTo(2 * estimate("train.micro-batch-size=8").activationBytes());
  }

  @Test
  void adamKeepsOneVectorMore() {
    MemoryEstimate sgd = estimate("optimizer.name=sgd");
    MemoryEstimate adam = estimate("optimizer.name=adamw");
    // 11 million parameters, of which running statistics are few
    assertThat(adam.vectorBytes() - sgd.vectorBytes()).isBetween(11_000_000 * 4L, 11_400_000 * 4L);
    assertThat(sgd.totalBytes()).isGreaterThan(sgd.vectorBytes() + sgd.activationBytes());
  }

  /** Each has 11 million parameters: what is unsent, its momentum, and both for checkpoints. */
  @Test
  void freezingUnderSparseCompressionKeepsUnsentVectorsTwice() {
    long whole = vectorBytesOfSparse();
    long frozen = vectorBytesOfSparse("model.freeze={until: stage1}");
    assertThat(whole).isBetween(2 * 11_000_000 * 4L, 2 * 11_400_000 * 4L);
    assertThat(frozen).isEqualTo(2 * whole);
  }

  private static long vectorBytesOfSparse(String... overrides) {
    List<String> keys = new ArrayList<>(List.of(overrides));
    keys.add("optimizer.name=sgd");
    long dense = estimate(keys.toArray(String[]::new)).vectorBytes();
    keys.add("sync.compression=top-k");
    return estimate(keys.toArray(String[]::new)).vectorBytes() - dense;
  }

  @Test
  void refusesWhatDoesNotFit() {
    estimate("train.micro-batch-size=1").requireFits(1, "resnet18", 1);
    assertThatThrownBy(
            () -> estimate("train.micro-batch-size=60000").requireFits(2, "resnet18", 60000))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("MEMORY_TOO_SMALL");
              assertThat(e.category()).isEqualTo(ErrorCategory.RESOURCES);
              assertThat(e)
                  .hasMessageContaining("resnet18")
                  .hasMessageContaining("60000")
                  .hasMessageContaining("MiB are available");
            });
  }
}
