package dev.sinter.trainer.cli;

import dev.sinter.dataset.SourceListing;
import dev.sinter.trainer.bench.ReadBenchmark;
import dev.sinter.trainer.run.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sinter bench read FILE...}. */
@Command(
    name = "read",
    mixinStandardHelpOptions = true,
    description =
        "Measures how many images or volumes a second the readers decode: at first, in a fresh"
            + " process, and steadily.")
final class BenchReadCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "files, folders or patterns on any file system; without a scheme they are local")
  private List<String> locations;

  @Option(names = "--threads", description = "threads that read (default: all processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--rounds", description = "how often all files are read (default: 5)")
  private int rounds = 5;

  @Mixin private CommonOptions common;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    require("--threads", threads >= 1 && threads <= 1024, "1 to 1024");
    require("--rounds", rounds >= 1 && rounds <= 1_000_000, "1 to 1000000");
    ReadBenchmark.Result result =
        new ReadBenchmark(files(), threads, new Configuration()).run(rounds);
    Console console = common.console();
    console.line(
        "%,d files, %,.1f MB of values, %d cannot be read; %d threads",
        result.files(), result.storedBytes() / 1e6, result.unreadable(), result.threads());
    console.line(
        "%,.1f files/s at first, %,.1f files/s steadily",
        result.filesPerSecond(), result.steadyFilesPerSecond());
    JsonOutput.write(common.json(), result);
    return 0;
  }

  private List<String> files() {
    Configuration configuration = new Configuration();
    List<String> files = new ArrayList<>();
    for (String location : locations) {
      for (SourceListing.Named named : SourceListing.of(location, configuration)) {
        if (named.folder()) {
          SourceListing.below(named.path(), configuration).forEach(file -> files.add(file.path()));
        } else {
          files.add(named.path());
        }
      }
    }
    require("FILE", !files.isEmpty(), "a place with files");
    return files;
  }

  private void require(String option, boolean holds, String allowed) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), option + " has to be " + allowed);
    }
  }
}
