package dev.sinter.trainer.tracking;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of a run before it begins; nothing in it is secret.
 *
 * @param name of the run, for people
 * @param metric of the validation: {@code accuracy} or {@code dice}
 * @param settings full key to value
 * @param configuration effective YAML
 * @param tags where it comes from: versions, fingerprint of the dataset
 */
record RunFacts(
    String name,
    String metric,
    SortedMap<String, String> settings,
    String configuration,
    SortedMap<String, String> tags) {
  RunFacts {
    settings = new TreeMap<>(settings);
    tags = new TreeMap<>(tags);
  }
}
