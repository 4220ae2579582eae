package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.checkpoint.CheckpointManifest;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ApproximateContinuation;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ChangedSetting;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.CheckpointSource;
import dev.sinter.trainer.checkpoint.Continuation;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.StoredModel;
import dev.sinter.trainer.config.RunConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that go on from the checkpoint of another one, with AdamW, so with optimizer state. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContinuationTest {
  private static final String CONSTANT = "optimizer.schedule.name=constant";

  /** Relative; the engines' rounding had become 8e-6 after two epochs. */
  private static final double LOSS_TOLERANCE = 1e-4;

  @TempDir static Path folder;

  private static SparkSession spark;
  private static TinyRuns runs;

  @BeforeAll
  static void start() throws Exception {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
    runs = TinyRuns.segmentation(spark, folder);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static TrainingResult train(RunConfig run, Resume resume, TrainingListener listener) {
    return new TrainingJob(spark, run, Map.of("sinter", "test")).run(resume, listener);
  }

  private static TrainingResult train(RunConfig run) {
    return train(run, Resume.AUTO, new RecordingListener());
  }

  private static Resume from(String location, Continuation continuation) {
    return new Resume.From(CheckpointSource.find(location, new Configuration()), continuation);
  }

  private static CheckpointManifest manifest(String checkpoint) {
    StoredModel model = RunDirectory.readModel(checkpoint, new Configuration());
    model.parameters().close();
    return model.manifest();
  }

  /** Two epochs with one engine, two with the other, against the same in one loop. */
  @ParameterizedTest
  @CsvSource({"libtorch, nd4j", "nd4j, libtorch"})
  void theOtherEngineGoesOn(String first, String second) throws Exception {
    String name = first + "-" + second;
    RunConfig before =
        runs.config(name + "-before", "train.epochs=2", CONSTANT, "engine.name=" + first);
    RunConfig after =
        runs.config(name + "-after", "train.epochs=4", CONSTANT, "engine.name=" + second);
    RunConfig undisturbed =
        runs.config(name + "-undisturbed", "train.epochs=4", CONSTANT, "engine.name=" + first);
    TrainingResult start = train(before);
    RecordingListener listener = new RecordingListener();

    TrainingResult result =
        train(after, from(before.train().output(), Continuation.APPROXIMATE), listener);

    assertThat(listener.starts()).containsExactly(start.steps());
    assertThat(listener.epochs()).containsExactly(3, 4);
    // Parameters, running statistics and both moments: one bit lost in any would show here.
    assertThat(result.parametersSha256())
        .isEqualTo(ReferenceRun.parametersSha256(before, after, folder));
    List<EpochRecord> same = train(undisturbed).history();
    assertThat(result.history().subList(0, 2)).isEqualTo(start.history());
    for (int epoch = 2; epoch < 4; epoch++) {
      double loss = result.history().get(epoch).trainLoss();
      assertThat(loss).isLessThan(result.history().get(epoch - 1).trainLoss());
      assertThat(loss / same.get(epoch).trainLoss()).isCloseTo(1, within(LOSS_TOLERANCE));
    }
    ChangedSetting change = new ChangedSetting("engine.name", first, second);
    assertThat(listener.changed()).containsExactly(change);
    assertThat(manifest(result.checkpoint()).continuations())
        .containsExactly(new ApproximateContinuation(start.steps(), List.of(change)));
    assertThat(manifest(start.checkpoint()).continuations()).isEmpty();
  }

  @Test
  void theSameEngineGoesOnElsewhereToTheSameBits() {
    RunConfig before = runs.config("short", "train.epochs=2", CONSTANT);
    RunConfig after = runs.config("long", "train.epochs=4", CONSTANT);
    TrainingResult undisturbed = train(runs.config("whole", "train.epochs=4", CONSTANT));
    TrainingResult start = train(before);
    RecordingListener listener = new RecordingListener();

    TrainingResult result = train(after, from(start.checkpoint(), Continuation.EXACT), listener);

    assertThat(listener.starts()).containsExactly(start.steps());
    assertThat(result.parametersSha256()).isEqualTo(undisturbed.parametersSha256());
    assertThat(listener.changed()).isEmpty();
    assertThat(manifest(result.checkpoint()).continuations()).isEmpty();

    RecordingListener again = new RecordingListener();
    train(after, from(start.checkpoint(), Continuation.EXACT), again);
    assertThat(again.starts()).as("a command given again").containsExactly(result.steps());
  }

  @Test
  void refusesAnotherEngineUnlessToldAndWritesNothing() throws Exception {
    RunConfig before = runs.config("refused-before", "train.epochs=1");
    RunConfig after = runs.config("refused-after", "train.epochs=1", "engine.name=nd4j");
    train(before);
    SinterException refusal =
        catchThrowableOfType(
            SinterException.class,
            () ->
                train(
                    after,
                    from(before.train().output(), Continuation.EXACT),
                    new RecordingListener()));
    assertThat(refusal.code()).isEqualTo("RESUME_MISMATCH");
    assertThat(refusal).hasMessageContaining("engine.name was libtorch and is now nd4j");
    assertThat(refusal.remedy()).contains("--resume-approximate");
    assertThat(Path.of(after.train().output())).doesNotExist();
  }

  /** In place, and once it has a checkpoint with the new settings without being told again. */
  @Test
  void goesOnInItsOwnFolder() {
    RunConfig two = runs.config("in-place", "train.epochs=2", CONSTANT);
    RunConfig three = runs.config("in-place", "train.epochs=3", CONSTANT, "engine.name=nd4j");
    RunConfig four = runs.config("in-place", "train.epochs=4", CONSTANT, "engine.name=nd4j");
    TrainingResult start = train(two);
    RecordingListener told = new RecordingListener();
    train(three, new Resume.Newest(Continuation.APPROXIMATE), told);
    assertThat(told.changed()).hasSize(1);
    RecordingListener untold = new RecordingListener();

    TrainingResult result = train(four, Resume.AUTO, untold);

    assertThat(untold.changed()).isEmpty();
    assertThat(untold.epochs()).containsExactly(4);
    assertThat(manifest(result.checkpoint()).continuations())
        .extracting(ApproximateContinuation::step)
        .containsExactly(start.steps());
  }

  /** Its averaged state is the whole state: one worker goes on as a plain loop would. */
  @Test
  void averagingGoesOnWithAnotherNumberOfWorkers() throws Exception {
    String averaging = "sync.strategy=parameter-averaging";
    RunConfig two = runs.config("averaging-two", "train.epochs=2", CONSTANT, averaging);
    RunConfig one =
        runs.config("averaging-one", "train.epochs=3", CONSTANT, averaging, "cluster.workers=1");
    TrainingResult start = train(two);
    RecordingListener listener = new RecordingListener();

    TrainingResult result =
        train(one, from(start.checkpoint(), Continuation.APPROXIMATE), listener);

    assertThat(listener.changed()).containsExactly(new ChangedSetting("cluster.workers", "2", "1"));
    assertThat(result.parametersSha256())
        .isEqualTo(ReferenceRun.parametersSha256(start.checkpoint(), one, folder));
    assertThat(result.history().get(2).trainLoss()).isLessThan(result.history().get(1).trainLoss());
  }

  @Test
  void refusesAFolderWithCheckpointsOfItsOwn() throws Exception {
    RunConfig one = runs.config("occupied-one", "train.epochs=1");
    RunConfig other = runs.config("occupied-other", "train.epochs=1");
    train(one);
    train(other);
    List<String> before = filesIn(other);
    SinterException refusal =
        catchThrowableOfType(
            SinterException.class,
            () ->
                train(
                    other,
                    from(one.train().output(), Continuation.APPROXIMATE),
                    new RecordingListener()));
    assertThat(refusal.code()).isEqualTo("OUTPUT_HAS_CHECKPOINTS");
    assertThat(filesIn(other)).isEqualTo(before);
    RecordingListener own = new RecordingListener();
    train(other, from(other.train().output(), Continuation.EXACT), own);
    assertThat(own.epochs()).as("its own newest checkpoint is where it goes on anyway").isEmpty();
  }

  private static List<String> filesIn(RunConfig run) throws Exception {
    try (Stream<Path> files = Files.walk(Path.of(run.train().output()))) {
      return files.map(Path::toString).sorted().toList();
    }
  }
}
