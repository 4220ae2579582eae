package dev.sinter.trainer.inspect;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.Sample;
import dev.sinter.dataset.ShardReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The keys of a prepared dataset and of one shard. */
final class DatasetFacts {

  private DatasetFacts() {}

  static Map<String, Object> ofDataset(Path folder, Configuration configuration) {
    DatasetManifest manifest = DatasetManifest.read(folder, configuration);
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("format", "sinter-dataset");
    facts.put("task", manifest.task().key());
    facts.put("classes", manifest.classes());
    facts.put("splits", manifest.splits());
    facts.put("sample", manifest.preparation().sample().key());
    facts.put("channels", manifest.channels());
    facts.put("depth", manifest.preparation().depth());
    facts.put("height", manifest.height());
    facts.put("width", manifest.width());
    facts.put("shards", manifest.shards().size());
    facts.put("rejected", manifest.rejected());
    facts.put("fingerprint", manifest.sourceFingerprint());
    facts.put("tool_version", manifest.toolVersion());
    return facts;
  }

  /** Reads every row, so that every checksum is compared. */
  static Map<String, Object> ofShard(Path shard, Configuration configuration) {
    long samples = 0;
    Set<String> patients = new TreeSet<>();
    Map<String, Long> splits = new TreeMap<>();
    Map<Integer, Long> labels = new TreeMap<>();
    Set<String> shapes = new TreeSet<>();
    Set<String> types = new TreeSet<>();
    try (ShardReader reader = ShardReader.open(configuration, shard)) {
      while (reader.hasNext()) {
        Sample sample = reader.next();
        samples++;
        patients.add(sample.patient());
        splits.merge(sample.split(), 1L, Long::sum);
        labels.merge(sample.label(), 1L, Long::sum);
        shapes.add(sample.shape());
        types.add(sample.pixelType().name().toLowerCase(java.util.Locale.ROOT));
      }
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("format", "sinter-shard");
    facts.put("samples", samples);
    facts.put("patients", patients.size());
    facts.put("splits", splits);
    facts.put("labels", labels);
    facts.put("shapes", List.copyOf(shapes));
    facts.put("dtypes", List.copyOf(types));
    return facts;
  }
}
