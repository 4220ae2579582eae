package dev.sinter.trainer.cli;

import dev.sinter.trainer.config.RunConfig;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sinter config CONFIG}. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Checks a configuration and prints every key with the value in force.")
final class ConfigCommand implements Callable<Integer> {
  @Mixin private ConfigOptions config;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    RunConfig run = config.read();
    JsonOutput.console(common.json()).print(run.effectiveYaml());
    JsonOutput.write(common.json(), Map.of("configuration", run.effectiveYaml()));
    return 0;
  }
}
