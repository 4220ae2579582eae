package dev.sinter.trainer.doctor;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkEnv;

/** Local disk of the executors, on which each worker keeps its decoded samples. */
final class ScratchCheck implements Check {
  private static final String KEY = "spark.local.dir";
  private static final long COMFORTABLE_BYTES = 1L << 30;

  private record Scratch(String folder, long free) implements Serializable {
    static Scratch here() {
      Path folder = Path.of(SparkEnv.get().blockManager().diskBlockManager().localDirsString()[0]);
      try {
        Files.createDirectories(folder);
        Files.delete(Files.createTempFile(folder, "doctor-", ".tmp"));
        return new Scratch(folder.toString(), Files.getFileStore(folder).getUsableSpace());
      } catch (IOException e) {
        throw new SinterException(
            ErrorCategory.RESOURCES,
            "SAMPLE_CACHE_FAILED",
            "nothing can be kept in " + folder + ": " + e,
            KEY + " to a folder that the executor may write to",
            e);
      }
    }
  }

  @Override
  public String name() {
    return "scratch";
  }

  @Override
  public List<Finding> examine(Site site) {
    Crowding crowding = Crowding.of(site);
    long needed =
        site.run()
                .flatMap(run -> PlannedNetwork.dataset(run, site.hadoop()))
                .map(ScratchCheck::decodedBytes)
                .orElse(0L)
            / site.workers()
            * crowding.workersPerExecutor()
            * crowding.executorsPerHost();
    Scratch least = null;
    String who = "";
    for (Answer<Scratch> answer : site.ask(Scratch::here)) {
      if (least == null || answer.value().free() < least.free()) {
        least = answer.value();
        who = answer.who();
      }
    }
    String found =
        Wording.bytes(least.free())
            + " free in "
            + least.folder()
            + (site.embedded() ? "" : " of " + who)
            + (needed == 0 ? "" : ", " + Wording.bytes(needed) + " of decoded samples on a host");
    String setting = KEY + " to a larger disk, or more hosts";
    if (least.free() < needed) {
      return List.of(Finding.failure(name(), found, setting));
    }
    return List.of(
        least.free() < COMFORTABLE_BYTES
            ? Finding.warning(name(), found, setting)
            : Finding.ok(name(), found));
  }

  private static long decodedBytes(DatasetManifest dataset) {
    long samples =
        dataset.splits().entrySet().stream()
            .filter(split -> !split.getKey().equals("test"))
            .mapToLong(split -> split.getValue().samples())
            .sum();
    var shape = dataset.inputShape().dimensions();
    long values = shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    return samples * values * dataset.preparation().pixelType().bytes();
  }
}
