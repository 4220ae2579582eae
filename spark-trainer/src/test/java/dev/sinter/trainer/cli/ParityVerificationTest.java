package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.TinyCollections;
import dev.sinter.trainer.training.ParityReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParityVerificationTest {
  @TempDir Path folder;

  private Path configuration(String strategy) throws Exception {
    TinyCollections.classes(folder.resolve("collection"), 24, 16);
    return Files.writeString(
        folder.resolve("run.yaml"),
        """
        data: {input: %1$s/collection, output: %1$s/dataset, task: classification}
        model: {name: resnet18, options: {stem: small}}
        train: {epochs: 1, micro-batch-size: 2, output: %1$s/run}
        sync: {strategy: %2$s, average-every-steps: 2}
        cluster: {workers: 2}
        """
            .formatted(folder, strategy));
  }

  @Test
  void endsAfterTheComparison() throws Exception {
    CommandResult result =
        CommandResult.of(
            "train",
            configuration("gradient-sharing").toString(),
            "--verify-parity=2",
            "--verify-parity-only",
            "--json",
            "-");
    assertThat(result.exitCode()).as(result.errors()).isZero();
    JsonNode parity = result.json().get("parity");
    assertThat(parity.get("identical").asBoolean()).isTrue();
    assertThat(parity.get("promised").asBoolean()).isTrue();
    assertThat(parity.get("steps")).hasSize(2);
    assertThat(result.json().has("checkpoint")).isFalse();
    assertThat(result.errors()).contains("bit-identical", "same bits");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void goesOnWhereNothingIsPromised() throws Exception {
    CommandResult result =
        CommandResult.of(
            "train",
            configuration("parameter-averaging").toString(),
            "--verify-parity=2",
            "--json",
            "-");
    assertThat(result.exitCode()).as(result.errors()).isZero();
    assertThat(result.json().get("parity").get("identical").asBoolean()).isFalse();
    assertThat(result.json().get("parity").get("largest_difference").asDouble()).isPositive();
    assertThat(result.json().has("checkpoint")).isTrue();
    assertThat(result.errors()).contains("largest difference", "does not promise");
  }

  @Test
  void refusesLessThanAStep() throws Exception {
    CommandResult result =
        CommandResult.of(
            "train", configuration("gradient-sharing").toString(), "--verify-parity=0");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.errors()).contains("at least 1 step");
  }

  @Test
  void failsWhenPromisedBitsDiffer() {
    ParityReport.Difference difference = new ParityReport.Difference("stem-conv.W", 0.25, 3);
    List<ParityReport.Step> steps =
        List.of(
            new ParityReport.Step(1, 0.5, 0.5, "aa", "aa"),
            new ParityReport.Step(2, 0.5, 0.5, "ab", "ac"));
    ParityReport broken =
        new ParityReport(4, "gradient-sharing", true, steps, Optional.of(difference));
    assertThatThrownBy(() -> ParityVerification.require(broken))
        .hasMessageContaining("step 2 gave other bits")
        .hasMessageContaining("0.25 in stem-conv.W")
        .isInstanceOfSatisfying(
            SinterException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo("PARITY_BROKEN");
              assertThat(failure.category()).isEqualTo(ErrorCategory.RESOURCES);
            });
    ParityReport unpromised =
        new ParityReport(4, "parameter-averaging", false, steps, Optional.of(difference));
    assertThatCode(() -> ParityVerification.require(unpromised)).doesNotThrowAnyException();
  }
}
