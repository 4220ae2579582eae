package dev.sinter.trainer.registry;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a retraining set out to do, {@code attempt/attempt.json}: it is there from the moment that
 * new data were found until all that follows from the decision is done.
 *
 * @param formatVersion version of this file
 * @param number of the attempt, and of the version that comes of it
 * @param champion that it is compared with; null where there was none
 * @param dataset fingerprint of what it learns from
 * @param newSamples since the last decision
 * @param settings that decide its weights
 * @param started time, UTC
 */
public record Attempt(
    int formatVersion,
    int number,
    String champion,
    String dataset,
    long newSamples,
    SortedMap<String, String> settings,
    String started) {
  /** The version of the file that this code writes and reads. */
  public static final int FORMAT_VERSION = 1;

  /** Copies the settings. */
  public Attempt {
    settings = new TreeMap<>(settings);
  }

  /** Name of the version that comes of it. */
  public String version() {
    return ModelVersion.nameOf(number);
  }
}
