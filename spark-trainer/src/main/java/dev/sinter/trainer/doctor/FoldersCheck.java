package dev.sinter.trainer.doctor;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.config.RunConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.util.SerializableConfiguration;

/** Folders of the run, tried on the driver and on every executor. */
final class FoldersCheck implements Check {
  private static final long COMFORTABLE_BYTES = 1L << 30;

  @Override
  public String name() {
    return "folders";
  }

  @Override
  public List<Finding> examine(Site site) {
    return site.run().map(run -> examine(site, run)).orElse(List.of());
  }

  private static List<Finding> examine(Site site, RunConfig run) {
    Map<String, String> read = new LinkedHashMap<>();
    read.put("data.input", run.data().input());
    run.data().masks().ifPresent(masks -> read.put("data.masks", masks));
    run.data().collection().manifest().ifPresent(table -> read.put("data.manifest", table));
    run.model().pretrained().ifPresent(weights -> read.put("model.pretrained", weights));
    List<Finding> findings = new ArrayList<>();
    read.forEach(
        (key, location) -> {
          if (!location.isEmpty()) {
            findings.add(readable(site, key, location));
          }
        });
    findings.add(writable(site, "data.output", run.data().output()));
    findings.add(writable(site, "train.output", run.train().output()));
    return findings;
  }

  private static Finding readable(Site site, String key, String location) {
    try {
      String uri = Locations.qualified(location, site.hadoop());
      SerializableConfiguration hadoop = new SerializableConfiguration(site.hadoop());
      FolderTrial.read(uri, site.hadoop());
      site.ask(() -> FolderTrial.read(uri, hadoop.value()));
      return Finding.ok(key, uri + " can be read" + Wording.everywhere(site));
    } catch (SinterException e) {
      return Finding.of(key, e);
    }
  }

  private static Finding writable(Site site, String key, String location) {
    try {
      String uri = Locations.qualified(location, site.hadoop());
      SerializableConfiguration hadoop = new SerializableConfiguration(site.hadoop());
      try (FolderTrial trial = FolderTrial.begin(uri, site.hadoop())) {
        trial.write();
        String mark = trial.mark();
        site.ask(() -> FolderTrial.join(mark, hadoop.value()));
        String found =
            uri + " can be written and renamed in" + Wording.everywhere(site) + trial.room();
        return trial.freeBytes() < COMFORTABLE_BYTES
            ? Finding.warning(key, found, "free space there, or " + key + " elsewhere")
            : Finding.ok(key, found);
      }
    } catch (SinterException e) {
      return Finding.of(key, e);
    }
  }
}
