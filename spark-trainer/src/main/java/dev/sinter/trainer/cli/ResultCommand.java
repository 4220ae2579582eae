package dev.sinter.trainer.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sinter result URI}. */
@Command(
    name = "result",
    mixinStandardHelpOptions = true,
    description =
        "Prints what a command wrote to --json URI and ends with its exit code: for drivers that ran"
            + " on the cluster.")
final class ResultCommand implements Callable<Integer> {
  @Parameters(paramLabel = "URI", description = "the URI that the command was given with --json")
  private String location;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    common.console();
    JsonNode result;
    try {
      result = JsonOutput.MAPPER.readTree(ResultFile.read(location));
    } catch (JsonProcessingException e) {
      throw new SinterException(
          ErrorCategory.DATA,
          "RESULT_NOT_JSON",
          location + " is not the JSON of a result: " + e.getOriginalMessage(),
          "give the URI that the command was given with --json",
          e);
    }
    JsonNode error = result.path("error");
    if (error.has("exit_code")) {
      System.err.println(
          "error " + error.path("code").asText() + ": " + error.path("message").asText());
      System.err.println("  next: " + error.path("next").asText());
      return error.path("exit_code").asInt();
    }
    if (common.json().isEmpty()) {
      System.out.println(result.toPrettyString());
    }
    JsonOutput.write(common.json(), result);
    return 0;
  }
}
