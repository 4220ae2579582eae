package dev.sinter.trainer.cli;

import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.config.TuneFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A configuration file and its overrides. */
final class ConfigOptions {
  @Parameters(paramLabel = "CONFIG", description = "the run's YAML file, local or a URI")
  private String file;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "overrides a key, such as -Dtrain.epochs=20; may be repeated")
  private Map<String, String> overrides = new LinkedHashMap<>();

  /** Reads the file. */
  RunConfig read() {
    return ConfigFile.read(file, overrides, ResultFile.hadoop());
  }

  /** Reads the file with a further override from an option of its own. */
  RunConfig readWith(String key, String value) {
    Map<String, String> all = new LinkedHashMap<>(overrides);
    all.put(key, value);
    return ConfigFile.read(file, all, ResultFile.hadoop());
  }

  /** Reads the file with what it says of a search. */
  TuneFile readTune() {
    return ConfigFile.readTune(file, overrides, ResultFile.hadoop());
  }

  /** Reads a file that need not be given; overrides alone say nothing. */
  static Optional<RunConfig> readIfGiven(String file, Map<String, String> overrides) {
    return Optional.ofNullable(file)
        .map(given -> ConfigFile.read(given, overrides, ResultFile.hadoop()));
  }

  /** The file as given, for messages. */
  String file() {
    return file;
  }
}
