package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.Processor;
import dev.sinter.trainer.prediction.Evaluation;
import dev.sinter.trainer.prediction.Prediction;
import dev.sinter.trainer.prediction.ShippedModel;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that share one process: the embedded run of the launcher. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LocalTrainingTest {
  @TempDir static Path folder;

  private static SparkSession spark;
  private static TinyRuns runs;

  @BeforeAll
  static void start() throws Exception {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            // A session that somebody else opened may have chosen it.
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

  /** The workers settle the precision; the checkpoint says which, and goes on under either name. */
  @Test
  void settlesThePrecision() throws Exception {
    RunConfig run = runs.config("settled", "engine.precision=auto");
    TrainingResult result =
        new TrainingJob(spark, run, Map.of()).run(Resume.AUTO, new RecordingListener());
    assertThat(result.parametersSha256()).isEqualTo(ReferenceRun.parametersSha256(run, folder));
    String settled = result.precision();
    assertThat(settled).isEqualTo(Processor.current().multipliesBfloat16() ? "bf16" : "fp32");
    RunConfig named = runs.config("settled", "engine.precision=" + settled);
    new TrainingJob(spark, named, Map.of()).run(Resume.AUTO, new RecordingListener());
    RunConfig other =
        runs.config("settled", "engine.precision=" + (settled.equals("bf16") ? "fp32" : "bf16"));
    assertThatThrownBy(
            () -> new TrainingJob(spark, other, Map.of()).run(Resume.AUTO, new RecordingListener()))
        .hasMessageContaining("engine.precision was " + settled);
  }

  /** The same reference as that of executors in processes of their own. */
  @ParameterizedTest
  @ValueSource(strings = {"libtorch", "nd4j"})
  void givesTheReferencesBits(String engine) throws Exception {
    RunConfig run =
        runs.config(
            engine,
            "engine.name=" + engine,
            "train.augment={flip-horizontal: true, rotate-degrees: 20, contrast: 0.2}");
    spark.sparkContext().setJobGroup("paragraph", "of a notebook", false);
    TrainingResult result =
        new TrainingJob(spark, run, Map.of()).run(Resume.AUTO, new RecordingListener());
    assertThat(spark.sparkContext().getLocalProperty("spark.jobGroup.id")).isEqualTo("paragraph");
    assertThat(result.parametersSha256()).isEqualTo(ReferenceRun.parametersSha256(run, folder));
    ShippedModel model =
        ShippedModel.of(RunDirectory.readModel(run.train().output(), new Configuration()));
    assertThat(new Evaluation(spark, model, runs.dataset(), "test").segment().result().samples())
        .isEqualTo(8);
    String predictions = runs.output("predictions-" + engine).toString();
    assertThat(
            new Prediction(spark, model, runs.collection() + "/images", predictions)
                .run()
                .predicted())
        .isEqualTo(24);
  }
}
