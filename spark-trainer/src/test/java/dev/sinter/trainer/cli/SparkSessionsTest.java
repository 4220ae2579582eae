package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.spark.SinterKryoRegistrator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkSessionsTest {
  private static final String OURS = SinterKryoRegistrator.class.getName();

  @TempDir Path folder;

  private static SparkConf shipped(String... settings) {
    SparkConf conf = new SparkConf(false);
    for (int i = 0; i < settings.length; i += 2) {
      conf.set(settings[i], settings[i + 1]);
    }
    SparkSessions.shipWithKryo(conf);
    return conf;
  }

  @Test
  void shipsWithKryo() {
    SparkConf conf = shipped();
    assertThat(conf.get("spark.serializer")).isEqualTo(KryoSerializer.class.getName());
    assertThat(conf.get("spark.kryo.registrator")).isEqualTo(OURS);
  }

  @Test
  void keepsAUsersRegistratorsBesideItsOwn() {
    SparkConf conf = shipped("spark.kryo.registrator", "a.First, a.Second");
    SparkSessions.shipWithKryo(conf);
    assertThat(conf.get("spark.kryo.registrator")).isEqualTo("a.First,a.Second," + OURS);
  }

  @Test
  void keepsAUsersSerializer() {
    SparkConf conf = shipped("spark.serializer", JavaSerializer.class.getName());
    assertThat(conf.get("spark.serializer")).isEqualTo(JavaSerializer.class.getName());
    assertThat(conf.contains("spark.kryo.registrator")).isFalse();
  }

  @Test
  void aDriverOnAWorkerTakesItsSecretFromTheEnvironment() {
    Map<String, String> environment = Map.of("_SPARK_AUTH_SECRET", "given");
    SparkConf open = new SparkConf(false);
    SparkConf closed = new SparkConf(false).set("spark.authenticate", "true");
    SparkConf set = closed.clone().set("spark.authenticate.secret", "own");
    SparkSessions.takeSecret(open, environment);
    SparkSessions.takeSecret(closed, environment);
    SparkSessions.takeSecret(set, environment);
    assertThat(open.contains("spark.authenticate.secret")).isFalse();
    assertThat(closed.get("spark.authenticate.secret")).isEqualTo("given");
    assertThat(set.get("spark.authenticate.secret")).isEqualTo("own");
  }

  /** As in a notebook, whose session has been there for long. */
  @Test
  void trainsInASessionThatWasOpenedWithoutKryo() throws Exception {
    SparkSession existing =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
    Path configuration = folder.resolve("run.yaml");
    Files.writeString(
        configuration,
        TinyRuns.classification(existing, folder)
            .config("run", "train.epochs=1", "cluster.workers=1")
            .effectiveYaml());
    assertThat(existing.sparkContext().conf().contains("spark.serializer")).isFalse();
    CommandResult trained = CommandResult.of("train", configuration.toString(), "--json", "-");
    assertThat(trained.exitCode()).as(trained.errors()).isZero();
    assertThat(trained.json().get("test").get("samples").asInt()).isPositive();
  }
}
