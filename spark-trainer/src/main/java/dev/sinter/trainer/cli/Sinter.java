package dev.sinter.trainer.cli;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.Redaction;
import dev.sinter.error.SinterException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.fs.FSError;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The main class: {@code ./sinter COMMAND}, and {@code spark-submit sinter.jar COMMAND}. */
@Command(
    name = "sinter",
    mixinStandardHelpOptions = true,
    versionProvider = VersionLines.class,
    description =
        "Trains skip-connection networks on medical images with Apache Spark.%n"
            + "Exit codes: 0 done, 1 a bug, 2 usage or configuration, 3 data, 4 cluster or resources,"
            + " 5 training diverged.",
    subcommands = {
      DemoCommand.class,
      VolumesCommand.class,
      PrepareCommand.class,
      TrainCommand.class,
      RetrainCommand.class,
      TuneCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      InspectCommand.class,
      ModelsCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      DoctorCommand.class,
      BenchCommand.class,
      ConfigCommand.class,
      ResultCommand.class
    })
public final class Sinter {
  private static final String DEBUG = "--debug";

  Sinter() {}

  /** Runs a command and exits: Spark leaves non-daemon threads behind after a barrier stage. */
  public static void main(String[] arguments) {
    int exitCode = run(arguments);
    // In YARN's cluster mode an exit, even with 0, ends the application as failed.
    if (exitCode != 0 || !isYarnClusterDriver()) {
      System.exit(exitCode);
    }
  }

  private static boolean isYarnClusterDriver() {
    return "yarn".equals(System.getProperty("spark.master"))
        && "cluster".equals(System.getProperty("spark.submit.deployMode"));
  }

  /** Runs a command and returns its exit code. */
  static int run(String... arguments) {
    Optional<ResultFile> result = ResultFile.in(arguments);
    PrintWriter errors = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    try {
      result.ifPresent(ResultFile::begin);
    } catch (SinterException e) {
      Failures.print(errors, e, e, Arrays.asList(arguments).contains(DEBUG));
      return e.category().exitCode();
    }
    return run(errors, result, arguments);
  }

  private static int run(PrintWriter errors, Optional<ResultFile> result, String... arguments) {
    boolean debug = Arrays.asList(arguments).contains(DEBUG);
    CommandLine commandLine = new CommandLine(new Sinter());
    commandLine.setErr(errors);
    commandLine.setExecutionExceptionHandler(
        (thrown, command, parsed) -> {
          SinterException failure = Failures.coded(thrown);
          Failures.print(errors, failure, thrown, debug);
          result.ifPresent(file -> file.writeFailure(failure));
          return failure.category().exitCode();
        });
    commandLine.setParameterExceptionHandler(
        (thrown, parsed) -> {
          CommandLine command = thrown.getCommandLine();
          errors.println("error USAGE: " + thrown.getMessage());
          if (!CommandLine.UnmatchedArgumentException.printSuggestions(thrown, errors)) {
            errors.println("  next: see `" + command.getCommandSpec().qualifiedName() + " --help`");
          }
          result.ifPresent(file -> file.writeFailure(usage(thrown.getMessage())));
          return ErrorCategory.USAGE.exitCode();
        });
    if (arguments.length == 0) {
      commandLine.usage(errors);
      return ErrorCategory.USAGE.exitCode();
    }
    try {
      // Spark writes the command line into its event log, and a report has it too.
      for (String argument : arguments) {
        Redaction.requireNone("an argument", argument);
      }
      return commandLine.execute(arguments);
    } catch (SinterException e) {
      Failures.print(errors, e, e, debug);
      return e.category().exitCode();
    } catch (OutOfMemoryError | LinkageError | FSError e) { // picocli passes errors on
      SinterException failure = Failures.coded(e);
      Failures.print(errors, failure, e, debug);
      result.ifPresent(file -> file.writeFailure(failure));
      return failure.category().exitCode();
    }
  }

  private static SinterException usage(String problem) {
    return new SinterException(
        ErrorCategory.USAGE, "USAGE", problem, "see `sinter --help` for commands and options");
  }
}
