package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --json URI} and {@code sinter result}, without a cluster. */
class ResultCommandTest {
  @TempDir Path folder;

  private URI result() {
    return folder.resolve("results").resolve("run.json").toUri();
  }

  private int errorCode() throws IOException {
    return new ObjectMapper().readTree(Path.of(result()).toFile()).at("/error/exit_code").asInt();
  }

  @Test
  void aResultIsReadBack() {
    assertThat(CommandResult.of("models", "resnet18", "--json", result().toString()).exitCode())
        .isZero();
    CommandResult read = CommandResult.of("result", result().toString());
    assertThat(read.exitCode()).as(read.errors()).isZero();
    assertThat(read.output()).contains("\"resnet18\"");
  }

  @Test
  void aFailureTakesThePlaceOfAnEarlierResult() throws IOException {
    CommandResult.of("models", "--json=" + result());
    CommandResult failed = CommandResult.of("models", "resnet-of-nobody", "--json=" + result());
    assertThat(failed.exitCode()).isEqualTo(2);
    assertThat(errorCode()).isEqualTo(2);
    CommandResult read = CommandResult.of("result", result().toString());
    assertThat(read.exitCode()).isEqualTo(2);
    assertThat(read.errors()).contains("error MODEL_UNKNOWN", "  next: ");
  }

  @Test
  void aWrongOptionIsAFailureToo() throws IOException {
    assertThat(CommandResult.of("models", "--json", result().toString(), "--no-such").exitCode())
        .isEqualTo(2);
    assertThat(errorCode()).isEqualTo(2);
  }

  @Test
  void aRunFileIsReadFromAnyFileSystem() throws IOException {
    Path file = folder.resolve("run.yaml");
    Files.writeString(
        file, "data: {output: shards}\nmodel: {name: resnet18}\ntrain: {output: runs}\n");
    CommandResult config = CommandResult.of("config", file.toUri().toString());
    assertThat(config.exitCode()).as(config.errors()).isZero();
    assertThat(config.output()).contains("name: resnet18");
    CommandResult missing =
        CommandResult.of("config", folder.resolve("no.yaml").toUri().toString());
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.errors()).contains("error PATH_NOT_FOUND");
  }

  @Test
  void whereNothingCanBeWrittenNothingIsBegun() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    CommandResult refused =
        CommandResult.of("models", "--json", file.resolve("run.json").toUri().toString());
    assertThat(refused.exitCode()).isEqualTo(4);
    assertThat(refused.errors()).contains("error JSON_NOT_WRITTEN");
    assertThat(refused.output()).isEmpty();
  }

  @Test
  void aMissingResultSaysWhereToLook() {
    CommandResult read = CommandResult.of("result", result().toString());
    assertThat(read.exitCode()).isEqualTo(4);
    assertThat(read.errors()).contains("error RESULT_MISSING", "log");
  }

  @Test
  void anotherFileIsNoResult() throws IOException {
    Path file = Files.writeString(folder.resolve("text"), "not JSON");
    CommandResult read = CommandResult.of("result", file.toUri().toString());
    assertThat(read.exitCode()).isEqualTo(3);
    assertThat(read.errors()).contains("error RESULT_NOT_JSON");
  }
}
