package dev.sinter.trainer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

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

  /** Standard output, all of which is one JSON object. */
  public JsonNode json() {
    try {
      return new ObjectMapper().readerFor(JsonNode.class).readValue(output);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + output, e);
    }
  }
}
