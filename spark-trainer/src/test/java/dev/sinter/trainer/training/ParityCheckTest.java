package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.spark.SinterKryoRegistrator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first steps of a run on executors in processes of their own, and on one worker. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ParityCheckTest {
  @TempDir static Path folder;

  private static SparkSession spark;
  private static TinyRuns images;

  @BeforeAll
  static void start() throws Exception {
    spark =
        SparkSession.builder()
            .config(
                SparkTestClusters.conf(
                    "parity",
                    2,
                    2,
                    Map.of(
                        "spark.serializer", KryoSerializer.class.getName(),
                        "spark.kryo.registrator", SinterKryoRegistrator.class.getName(),
                        "spark.kryo.registrationRequired", "true")))
            .getOrCreate();
    images = TinyRuns.classification(spark, folder);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static ParityReport compare(RunConfig run, int steps) {
    return new TrainingJob(spark, run, Map.of()).verifyParity(steps, new RecordingListener());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void gradientSharingHasTheBitsOfOneWorker(int workers) {
    RunConfig run = images.config("exact-" + workers, "cluster.workers=" + workers);
    ParityReport report = compare(run, 3);
    assertThat(report.promised()).isTrue();
    assertThat(report.identical()).isTrue();
    assertThat(report.steps()).hasSize(3).allMatch(ParityReport.Step::identical);
    assertThat(report.steps()).extracting(ParityReport.Step::sha256).doesNotHaveDuplicates();
    assertThat(report.steps()).extracting(ParityReport.Step::loss).allMatch(loss -> loss > 0);
    assertThat(Path.of(run.train().output())).doesNotExist();
  }

  /** The hash after the last step of a run is that of the run itself. */
  @Test
  void comparesTheStepsOfTheRunItself() {
    RunConfig run = images.config("whole", "train.epochs=1");
    ParityReport report = compare(run, 1000);
    assertThat(report.steps()).hasSize(4);
    TrainingResult trained =
        new TrainingJob(spark, run, Map.of()).run(Resume.AUTO, new RecordingListener());
    assertThat(report.steps().get(3).loneSha256()).isEqualTo(trained.parametersSha256());
  }

  @Test
  void averagingIsComparedAtAnAveragingAndPromisesNothing() {
    ParityReport report =
        compare(
            images.config(
                "averaged", "sync.strategy=parameter-averaging", "sync.average-every-steps=2"),
            3);
    assertThat(report.promised()).isFalse();
    assertThat(report.steps()).hasSize(4);
    assertThat(report.difference())
        .hasValueSatisfying(
            difference -> {
              assertThat(difference.largest()).isPositive();
              assertThat(difference.parameters()).isPositive();
              assertThat(difference.tensor()).contains(".");
            });
  }

  @Test
  void refusesWhatDl4jTrains() {
    RunConfig run = images.config("dl4j", "sync.strategy=dl4j-parameter-averaging");
    assertThatThrownBy(() -> compare(run, 2))
        .extracting(thrown -> ((SinterException) thrown).code())
        .isEqualTo("PARITY_UNSUPPORTED");
  }

  @Test
  void namesTheTensorThatIsFurthestApart() {
    ParameterLayout layout =
        new ParameterLayout(
            List.of(
                new ParameterTensor(
                    "stem", "W", 0, new long[] {2}, 'c', ParameterTensor.Role.TRAINABLE),
                new ParameterTensor(
                    "head", "b", 2, new long[] {2}, 'c', ParameterTensor.Role.TRAINABLE)),
            4);
    byte[] one = bytes(1, 2, 3, 0f);
    assertThat(ParityCheck.difference(layout, one, one.clone())).isEmpty();
    assertThat(ParityCheck.difference(layout, one, bytes(1.25f, 2, 3.5f, 0f)))
        .contains(new ParityReport.Difference("head.b", 0.5, 2));
    // Bits, not values.
    assertThat(ParityCheck.difference(layout, one, bytes(1, 2, 3, -0f)))
        .contains(new ParityReport.Difference("head.b", 0, 1));
  }

  private static byte[] bytes(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
