package dev.sinter.trainer.config;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The keys under {@code data}.
 *
 * @param input the collection, on any Hadoop file system
 * @param output where the shards are, or will be written
 * @param task {@code classification} or {@code segmentation}
 * @param masks folder of masks, when it is not beside the images
 * @param classNames for segmentation, names of the classes in ascending order of their mask values
 * @param size {height, width} of the prepared images; empty: chosen from the collection
 * @param fit {@code resize}, {@code pad} or {@code auto}
 * @param split shares and seed of the split
 * @param maxRejected share of files that may be rejected before preparation stops
 * @param patientPattern regular expression with one group that finds the patient in a relative path
 * @param sampling what a sample is, and what is done to sources before
 * @param collection table of labels, folds, salt
 */
public record DataConfig(
    String input,
    String output,
    String task,
    Optional<String> masks,
    List<String> classNames,
    Optional<int[]> size,
    String fit,
    SplitConfig split,
    double maxRejected,
    Optional<String> patientPattern,
    SamplingConfig sampling,
    CollectionConfig collection) {

  /**
   * The keys under {@code data.split}.
   *
   * @param train share of patients to train on
   * @param val share of patients to validate on
   * @param test share of patients to test on
   * @param seed seeds the split
   */
  public record SplitConfig(double train, double val, double test, long seed)
      implements Serializable {
    static SplitConfig read(ConfigSection section) {
      SplitConfig split =
          new SplitConfig(
              section.number("train", 0.7, 0, 1),
              section.number("val", 0.15, 0, 1),
              section.number("test", 0.15, 0, 1),
              section.whole("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE));
      section.reportUnknownKeys();
      double sum = split.train + split.val + split.test;
      if (Math.abs(sum - 1) > 1e-6) {
        section.problem("train", "train + val + test is " + sum + ", not 1");
      }
      if (split.train == 0) {
        section.problem("train", "0 leaves nothing to train on");
      }
      return split;
    }
  }

  static DataConfig read(ConfigSection section) {
    String task =
        section.oneOf("task", "classification", List.of("classification", "segmentation"));
    DataConfig data =
        new DataConfig(
            section.optionalUri("input").orElse(""),
            section.requiredUri("output", "the folder of the shards"),
            task,
            section.optionalUri("masks"),
            section.texts("class-names"),
            section.pair("size", 1, 16384),
            section.oneOf("fit", "auto", List.of("auto", "resize", "pad")),
            SplitConfig.read(section.section("split")),
            section.number("max-rejected", 0.1, 0, 1),
            section.optional("patient-pattern"),
            SamplingConfig.read(section),
            CollectionConfig.read(section, task));
    section.reportUnknownKeys();
    data.patientPattern.ifPresent(pattern -> checkPattern(section, pattern));
    if (data.size.isPresent() && !data.sampling.hasSize()) {
      section.problem("size", "has no effect with data.sample: " + data.sampling.sampling().kind());
    }
    if (data.task.equals("classification") && !data.classNames.isEmpty()) {
      section.problem(
          "class-names", "is for segmentation; in classification the folders name the classes");
    }
    return data;
  }

  private static void checkPattern(ConfigSection section, String pattern) {
    try {
      int groups = Pattern.compile(pattern).matcher("").groupCount();
      if (groups != 1) {
        section.problem(
            "patient-pattern",
            "'" + pattern + "' has " + groups + " groups; give one, around the patient");
      }
    } catch (PatternSyntaxException e) {
      section.problem(
          "patient-pattern",
          "'" + pattern + "' is not a regular expression: " + e.getDescription());
    }
  }
}
