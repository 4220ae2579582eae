package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a command left behind.
 *
 * @param exitCode as the process would end
 * @param output standard output
 * @param errors standard error, the log included
 */
public record CommandResult(int exitCode, String output, String errors) {
  /** Runs a command in this process. */
  public static CommandResult of(String... arguments) {
    PrintStream standardOutput = System.out;
    PrintStream standardErrors = System.err;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(errors, true, StandardCharsets.UTF_8)) {
      System.setOut(out);
      System.setErr(err);
      int exitCode = Sinter.run(arguments);
      return new CommandResult(
          exitCode,
          output.toString(StandardCharsets.UTF_8),
          errors.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(standardOutput);
      System.setErr(standardErrors);
    }
  }

  /** Runs a command that has to end with an exit code, an error's code and a next step. */
  static CommandResult failure(int exitCode, String code, String... arguments) {
    CommandResult result = of(arguments);
    assertThat(result.errors()).contains("error " + code).contains("next: ");
    assertThat(result.exitCode()).isEqualTo(exitCode);
    assertThat(result.errors().lines().filter(line -> line.startsWith("\tat "))).isEmpty();
    return result;
  }

  /** Prepares a folder without a configuration. */
  static CommandResult preparing(Path input, Path output, String task, String... more) {
    return of(prepareArguments(input, output.toString(), task, more));
  }

  /** Arguments that prepare a folder without a configuration. */
  static String[] prepareArguments(Path input, String output, String task, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("prepare", "--input", input.toString(), "--output", output, "--task", task));
    arguments.addAll(List.of(more));
    return arguments.toArray(new String[0]);
  }

  /** Standard output, all of which is one JSON object. */
  public JsonNode json() {
    try {
      return new ObjectMapper().readerFor(JsonNode.class).readValue(output);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + output, e);
    }
  }
}
