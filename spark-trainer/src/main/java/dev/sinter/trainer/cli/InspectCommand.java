package dev.sinter.trainer.cli;

import dev.sinter.error.ErrorCategory;
import dev.sinter.trainer.inspect.Inspected;
import dev.sinter.trainer.inspect.Inspections;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sinter inspect FILE...}. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description =
        "Shows what the readers see in images, volumes, NumPy arrays, datasets, shards, checkpoints"
            + " and weight files. Exit code 3 when any of them cannot be read.")
final class InspectCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "files, folders or patterns on any file system; without a scheme they are local")
  private List<String> locations;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    InspectTable table = new InspectTable(common.console());
    Inspections inspections = new Inspections(new Configuration());
    List<Map<String, Object>> files = new ArrayList<>();
    List<Inspected> kept = new ArrayList<>();
    int[] unreadable = {0};
    for (String location : locations) {
      inspections.of(
          location,
          inspected -> {
            table.print(inspected);
            files.add(inspected.json());
            unreadable[0] += inspected.error().isPresent() ? 1 : 0;
            if (kept.size() < 2) {
              kept.add(inspected);
            }
          });
    }
    table.printEnd(files.size(), unreadable[0]);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("files", files);
    if (kept.size() == 1 && isWhole(kept.get(0))) {
      json.putAll(kept.get(0).facts());
    }
    JsonOutput.write(common.json(), json);
    return unreadable[0] == 0 ? 0 : ErrorCategory.DATA.exitCode();
  }

  /** A dataset or checkpoint given alone is the whole answer: its keys stand at the top as well. */
  private static boolean isWhole(Inspected inspected) {
    return inspected.kind() == Inspected.Kind.DATASET
        || inspected.kind() == Inspected.Kind.CHECKPOINT;
  }
}
