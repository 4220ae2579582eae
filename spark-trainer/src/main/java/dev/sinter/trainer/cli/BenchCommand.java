package dev.sinter.trainer.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sinter bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures this machine.",
    subcommands = {
      BenchStepCommand.class,
      BenchSyncCommand.class,
      BenchDataCommand.class,
      BenchReadCommand.class
    })
final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to measure: sinter bench step, sync, data or read");
  }
}
