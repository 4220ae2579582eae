package dev.sinter.trainer.registry;

import dev.sinter.dataset.DatasetManifest;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The dataset that a version was trained and measured on.
 *
 * @param fingerprint of all that a training sees of it
 * @param samples by split
 * @param patients by split
 */
public record VersionData(
    String fingerprint, SortedMap<String, Long> samples, SortedMap<String, Long> patients) {
  /** Copies the counts. */
  public VersionData {
    samples = new TreeMap<>(samples);
    patients = new TreeMap<>(patients);
  }

  /** Of a dataset as it is now. */
  public static VersionData of(DatasetManifest dataset) {
    SortedMap<String, Long> samples = new TreeMap<>();
    SortedMap<String, Long> patients = new TreeMap<>();
    dataset
        .splits()
        .forEach(
            (split, summary) -> {
              samples.put(split, summary.samples());
              patients.put(split, summary.patients());
            });
    return new VersionData(dataset.fingerprint(), samples, patients);
  }

  /** Of all splits. */
  public long allSamples() {
    return samples.values().stream().mapToLong(Long::longValue).sum();
  }
}
