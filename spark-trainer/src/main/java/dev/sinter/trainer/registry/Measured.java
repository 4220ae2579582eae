package dev.sinter.trainer.registry;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an attempt's measuring gave, {@code attempt/comparison.json}.
 *
 * @param formatVersion version of this file
 * @param metrics of the challenger, by measure; without what is not defined
 * @param comparison with the champion; null where there was none
 */
public record Measured(
    int formatVersion, SortedMap<String, Double> metrics, Comparison comparison) {
  /** The version of the file that this code writes and reads. */
  public static final int FORMAT_VERSION = 1;

  /** Copies the metrics. */
  public Measured {
    metrics = new TreeMap<>(metrics);
  }
}
