package dev.sinter.trainer.cli;

import dev.sinter.trainer.run.Console;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of every command. */
final class CommonOptions {
  @Option(
      names = "--json",
      paramLabel = "FILE",
      description =
          "also write the result as one JSON object; - is standard output; a URI such as"
              + " hdfs://host/result.json receives a failure as well")
  private String json;

  @Option(names = "--debug", description = "show the stack trace of a failure")
  @SuppressWarnings("UnusedVariable") // for --help; Sinter looks for it before anything is parsed
  private boolean debug;

  /**
   * Where lines for people go; checks first that the JSON can be written, long before there is any.
   */
  Console console() {
    JsonOutput.requireWritable(json());
    return new Console(JsonOutput.console(json()));
  }

  /** Where the result goes as JSON. */
  Optional<String> json() {
    return Optional.ofNullable(json);
  }
}
