package dev.sinter.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ChangedSetting;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RunIdentity;
import dev.sinter.trainer.engine.FlatVector;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResumingTest {
  private static final Path FOLDER = new Path("file:/runs/one/checkpoints/step-0000000006");
  private static final String FLAG = "--resume-approximate";
  private static final Map<String, String> SETTINGS =
      Map.of(
          "model.name", "unet",
          "train.epochs", "4",
          "train.seed", "5",
          "optimizer.name", "adamw",
          "optimizer.schedule.name", "cosine",
          "engine.name", "libtorch",
          "engine.precision", "fp32",
          "engine.threads-per-lane", "1",
          "sync.strategy", "parameter-averaging");

  private static RunIdentity identity(Map<String, String> changes) {
    SortedMap<String, String> settings = new TreeMap<>(SETTINGS);
    settings.putAll(changes);
    int workers = Integer.parseInt(changes.getOrDefault("cluster.workers", "2"));
    String dataset = changes.getOrDefault("dataset", "fingerprint");
    settings.keySet().removeAll(List.of("cluster.workers", "dataset"));
    return new RunIdentity(settings, 3, dataset, workers);
  }

  /** Of step 6, that is after two epochs. */
  private static List<ChangedSetting> require(
      Map<String, String> before, Map<String, String> now, Continuation continuation) {
    try (FlatVector parameters = TestCheckpoints.parameters(1)) {
      CheckpointManifest found =
          TestCheckpoints.manifest(6, identity(before), parameters, List.of());
      return new Resuming(identity(now), continuation).require(found, FOLDER);
    }
  }

  private static SinterException refusal(
      Map<String, String> before, Map<String, String> now, Continuation continuation) {
    SinterException refusal =
        catchThrowableOfType(SinterException.class, () -> require(before, now, continuation));
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isEqualTo("RESUME_MISMATCH");
    return refusal;
  }

  @ParameterizedTest
  @CsvSource({
    "engine.name, libtorch, nd4j",
    "engine.precision, fp32, bf16",
    "engine.threads-per-lane, 1, 2",
    "train.epochs, 4, 6",
    "cluster.workers, 2, 4",
  })
  void goesOnOnlyWhenTold(String key, String from, String to) {
    Map<String, String> now = Map.of(key, to);
    SinterException refusal = refusal(Map.of(), now, Continuation.EXACT);
    assertThat(refusal)
        .hasMessage(FOLDER + " is of another run: " + key + " was " + from + " and is now " + to);
    assertThat(refusal.remedy()).contains(FLAG);
    assertThat(require(Map.of(), now, Continuation.APPROXIMATE))
        .containsExactly(new ChangedSetting(key, from, to));
  }

  @ParameterizedTest
  @CsvSource({
    "model.name, resnet18, model.name was unet and is now resnet18",
    "optimizer.name, sgd, optimizer.name was adamw and is now sgd",
    "optimizer.schedule.name, constant, optimizer.schedule.name was cosine and is now constant",
    "train.seed, 6, train.seed was 5 and is now 6",
    "train.epochs, 1, 2 epochs are done and train.epochs is now 1",
    "sync.strategy, gradient-sharing, "
        + "sync.strategy was parameter-averaging and is now gradient-sharing",
    "dataset, another, 'the dataset was another one, or was prepared or split otherwise'",
  })
  void neverGoesOnWithAnother(String key, String to, String problem) {
    for (Continuation continuation : Continuation.values()) {
      SinterException refusal = refusal(Map.of(), Map.of(key, to), continuation);
      assertThat(refusal).hasMessageContaining(problem);
      assertThat(refusal.remedy()).doesNotContain(FLAG);
    }
  }

  @Test
  void namesOnlyWhatKeepsItFromGoingOn() {
    Map<String, String> now = Map.of("engine.name", "nd4j", "optimizer.name", "sgd");
    SinterException exact = refusal(Map.of(), now, Continuation.EXACT);
    assertThat(exact).hasMessageContaining("engine.name").hasMessageContaining("optimizer.name");
    assertThat(exact.remedy()).doesNotContain(FLAG);
    assertThat(refusal(Map.of(), now, Continuation.APPROXIMATE))
        .hasMessageContaining("optimizer.name")
        .hasMessageNotContaining("engine.name");
  }

  @Test
  void anotherNumberOfWorkersMattersToAveragingAlone() {
    Map<String, String> sharing = Map.of("sync.strategy", "gradient-sharing");
    Map<String, String> four = Map.of("sync.strategy", "gradient-sharing", "cluster.workers", "4");
    assertThat(require(sharing, four, Continuation.EXACT)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"threshold, true", "top-k, true", "fp16, false", "bf16, false", "none, false"})
  void anotherNumberOfWorkersMattersToSparseMessages(String compression, boolean matters) {
    Map<String, String> two =
        Map.of("sync.strategy", "gradient-sharing", "sync.compression", compression);
    Map<String, String> four = new TreeMap<>(two);
    four.put("cluster.workers", "4");
    assertThat(require(two, four, Continuation.APPROXIMATE)).hasSize(matters ? 1 : 0);
    if (matters) {
      assertThat(refusal(two, four, Continuation.EXACT).remedy()).contains(FLAG);
    }
  }

  /** Its first epochs are those of the shorter run, step by step. */
  @ParameterizedTest
  @ValueSource(strings = {"constant", "step"})
  void moreEpochsOfAnEndlessScheduleAreTheSameRun(String schedule) {
    Map<String, String> four = Map.of("optimizer.schedule.name", schedule);
    Map<String, String> six = Map.of("optimizer.schedule.name", schedule, "train.epochs", "6");
    assertThat(require(four, six, Continuation.EXACT)).isEmpty();
    Map<String, String> one = Map.of("optimizer.schedule.name", schedule, "train.epochs", "1");
    refusal(four, one, Continuation.APPROXIMATE);
  }
}
