package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.spark.SinterKryoRegistrator;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** DL4J's masters on two executors of one host, which take no class that is not registered. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Dl4jClusterTest {
  @TempDir static Path folder;

  private static SparkSession spark;
  private static TinyRuns images;

  @BeforeAll
  static void start() throws Exception {
    SparkConf conf =
        SparkTestClusters.conf(
            "dl4j",
            2,
            1,
            Map.of(
                "spark.serializer",
                KryoSerializer.class.getName(),
                "spark.kryo.registrator",
                SinterKryoRegistrator.class.getName(),
                "spark.kryo.registrationRequired",
                "true",
                Dl4jRequirements.NETWORK_MASK,
                "127.0.0.0/8"));
    conf.set(
        "spark.executor.extraJavaOptions",
        conf.get("spark.executor.extraJavaOptions")
            + " -Daeron.publication.unblock.timeout=40000000000");
    spark = SparkSession.builder().config(conf).getOrCreate();
    images = TinyRuns.classification(spark, folder);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static TrainingResult train(String name, String strategy) {
    RunConfig run =
        images.config(
            name,
            "sync.strategy=" + strategy,
            "optimizer.schedule={name: constant}",
            "sync.average-every-steps=2",
            "train.epochs=2");
    return new TrainingJob(spark, run, Map.of()).run(Resume.AUTO, new RecordingListener());
  }

  @Test
  void averagesParametersAcrossExecutors() {
    TrainingResult result = train("averaging", "dl4j-parameter-averaging");
    assertThat(result.history().get(1).trainLoss()).isLessThan(result.history().get(0).trainLoss());
  }

  @Test
  void refusesGradientSharingWithSeveralExecutorsOnAHost() {
    assertThatThrownBy(() -> train("sharing", "dl4j-gradient-sharing"))
        .isInstanceOfSatisfying(
            SinterException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo("DL4J_EXECUTORS_SHARE_HOST");
              assertThat(failure.category()).isEqualTo(ErrorCategory.RESOURCES);
            });
    assertThat(folder.resolve("runs/sharing")).doesNotExist();
  }
}
