package dev.sinter.trainer.registry;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a version says of itself, {@code version.json}.
 *
 * @param formatVersion version of this file
 * @param name such as {@code v0002}
 * @param attempt of the retraining that made it
 * @param created time, UTC
 * @param parent version whose weights it started from; null for the first
 * @param model name of the network
 * @param task classification or segmentation
 * @param parametersSha256 of the flat vector
 * @param epoch epochs that its weights were trained for
 * @param metric measure that decided on it
 * @param metrics what it reached on the test split of then, by measure; without what is not defined
 * @param data that it was trained and measured on
 * @param configuration effective YAML of its training
 * @param versions of Sinter and the libraries under it
 */
public record ModelVersion(
    int formatVersion,
    String name,
    int attempt,
    String created,
    String parent,
    String model,
    String task,
    String parametersSha256,
    int epoch,
    String metric,
    SortedMap<String, Double> metrics,
    VersionData data,
    String configuration,
    Map<String, String> versions) {
  /** The version of the file that this code writes and reads. */
  public static final int FORMAT_VERSION = 1;

  /** Copies the collections. */
  public ModelVersion {
    metrics = new TreeMap<>(metrics);
    versions = Map.copyOf(versions);
  }

  /** The name of an attempt's version. */
  public static String nameOf(int attempt) {
    return String.format(java.util.Locale.ROOT, "v%04d", attempt);
  }
}
