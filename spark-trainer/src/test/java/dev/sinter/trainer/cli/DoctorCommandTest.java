package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
  @TempDir Path folder;

  /** A session as a notebook may have it: the command finds it and asks it. */
  @Test
  void namesSettingsThatNoTrainingRunsWith() throws Exception {
    SparkSession.builder()
        .config(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("a notebook")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.dynamicAllocation.enabled", "true")
                .set("spark.serializer", KryoSerializer.class.getName())
                .set("spark.kryo.registrationRequired", "true"))
        .getOrCreate();

    CommandResult result = CommandResult.of("doctor", "--json", "-");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.errors())
        .containsPattern(
            "failure  dynamic-allocation    spark.dynamicAllocation.enabled is true.* -> "
                + "spark.dynamicAllocation.enabled=false")
        .containsPattern(
            "failure  serializer            Kryo with spark.kryo.registrationRequired.* -> "
                + "spark.kryo.registrator=dev.sinter.trainer.spark.SinterKryoRegistrator")
        .containsPattern("ok       native-libraries      ND4J .* and libtorch")
        .contains("2 failures, ");
    JsonNode json = result.json();
    assertThat(json.get("failures").asInt()).isEqualTo(2);
    assertThat(json.get("exit_code").asInt()).isEqualTo(2);
    JsonNode second = json.get("checks").get(2);
    assertThat(second.get("check").asText()).isEqualTo("dynamic-allocation");
    assertThat(second.get("outcome").asText()).isEqualTo("failure");
    assertThat(second.get("found").asText()).contains("is true");
    assertThat(second.get("setting").asText()).startsWith("spark.dynamicAllocation.enabled=false");
    assertThat(json.get("checks").get(0).get("setting").isNull()).isTrue();
  }

  @Test
  void refusesAConfigurationBeforeSparkStarts() throws Exception {
    Path file = Files.writeString(folder.resolve("run.yaml"), "train: {epoch: 3}\n");
    CommandResult result = CommandResult.of("doctor", file.toString());
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.errors()).startsWith("error CONFIGURATION_INVALID");
  }

  @Test
  void wrapsUnderWhereTheTextBegins() {
    assertThat(FindingLines.wrap("one two\n  three", 0)).containsExactly("one two three");
    assertThat(FindingLines.wrap("a".repeat(25) + " bbbb cccc dddd", 30))
        .containsExactly("a".repeat(25) + " bbbb", "cccc dddd");
    assertThat(FindingLines.wrap("a".repeat(50) + " b", 30)).containsExactly("a".repeat(50), "b");
  }
}
