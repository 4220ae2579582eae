package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.trainer.TinyCollections;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TuneCommandTest {
  @TempDir Path folder;

  @Test
  void theBestConfigurationIsOneToTrainWith() throws Exception {
    Path collection = TinyCollections.volumes(folder.resolve("collection"), 16, 16, 2);
    Path file =
        Files.writeString(
            folder.resolve("search.yaml"),
            """
            data: {input: %s, output: %s, task: segmentation}
            model: {name: unet, options: {depth: 2, width: 4}}
            train: {epochs: 2, micro-batch-size: 2, output: %s}
            optimizer: {name: adamw}
            cluster: {workers: 1}
            tune: {trials: 2, parallel: 2, eta: 2, parameters: {optimizer.learning-rate: [0.01, 0.02, 0.03]}}
            """
                .formatted(collection, folder.resolve("dataset"), folder.resolve("search")));
    CommandResult searched = CommandResult.of("tune", file.toString(), "--json", "-");
    assertThat(searched.exitCode()).as(searched.errors()).isZero();
    JsonNode json = searched.json();
    assertThat(json.get("trials")).hasSize(2);
    assertThat(json.get("rungs").get(1).get("epochs").asInt()).isEqualTo(2);
    assertThat(json.get("best").get("parameters").get("optimizer.learning-rate").asDouble())
        .isBetween(0.01, 0.03);
    assertThat(json.get("best").get("error").isNull()).isTrue();
    assertThat(searched.errors()).contains("2 trial(s) to epoch 1 of 2, 2 at a time", "best trial");

    CommandResult trained =
        CommandResult.of("train", folder.resolve("search/best.yaml").toString(), "--json", "-");
    assertThat(trained.exitCode()).as(trained.errors()).isZero();
    assertThat(trained.errors()).contains("nothing to do");
    assertThat(trained.json().get("test").get("split").asText()).isEqualTo("test");
    assertThat(trained.json().get("validation").get(1).get("validation_metric"))
        .isEqualTo(json.get("best").get("metric"));
  }
}
