package dev.sinter.dataset;

import dev.sinter.dataset.DatasetManifest.SplitSummary;
import java.util.List;
import java.util.SortedMap;

/**
 * What a verification found, in numbers. Paths in it are hashed.
 *
 * @param files what was listed
 * @param rejected files that would not be taken, by code
 * @param examples the first of them
 * @param sources what can be read
 * @param labels classes and mask values
 * @param duplicates files with equal content or equal pixels
 * @param patients who the files are of
 * @param splits what every split would hold; empty when there is no plan
 * @param preparation size, channels and fit of the samples; null when there is no plan
 * @param shards how many would be written
 * @param problems why {@code prepare} would stop
 */
public record VerificationReport(
    Files files,
    SortedMap<String, Long> rejected,
    List<Example> examples,
    Sources sources,
    Labels labels,
    Duplicates duplicates,
    Patients patients,
    SortedMap<String, SplitSummary> splits,
    Preparation preparation,
    int shards,
    List<Problem> problems) {

  /**
   * What was listed.
   *
   * @param listed files that count: images, or pairs of image and mask
   * @param opened sources that were opened
   * @param unchanged sources that the dataset at the output holds already
   * @param taken sources that would become samples
   * @param bytes size of the listed sources
   */
  public record Files(long listed, long opened, long unchanged, long taken, long bytes) {}

  /**
   * A file that would not be taken.
   *
   * @param path hashed
   * @param code why
   * @param message why, in words
   */
  public record Example(String path, String code, String message) {}

  /**
   * What can be read.
   *
   * @param images how many
   * @param volumes how many
   * @param samples images, and slices of volumes
   * @param shapes the most frequent shapes and types
   * @param differentShapes how many there are
   * @param spacing smallest and largest distance in mm of rows, columns and slices, as far as known
   * @param constant sources whose values are all equal
   * @param burnedIn sources that say that their pixels show text
   */
  public record Sources(
      long images,
      long volumes,
      long samples,
      List<Count> shapes,
      int differentShapes,
      List<Range> spacing,
      long constant,
      long burnedIn) {}

  /**
   * How often something occurs.
   *
   * @param what it is
   * @param count how often
   */
  public record Count(String what, long count) {}

  /**
   * From a smallest to a largest value.
   *
   * @param min smallest
   * @param max largest
   */
  public record Range(float min, float max) {}

  /**
   * Classes and mask values.
   *
   * @param classes sources of each class; for segmentation, sources in whose mask the class occurs
   * @param maskValues sources in whose mask each value occurs
   */
  public record Labels(SortedMap<String, Long> classes, SortedMap<Integer, Long> maskValues) {}

  /**
   * Copies.
   *
   * @param exact files that equal an earlier one byte for byte
   * @param pixelIdentical sources that equal an earlier one pixel for pixel
   * @param acrossGivenSplits those of them that lie in another given split
   * @param conflicting those of them that have another label or mask
   */
  public record Duplicates(
      long exact, long pixelIdentical, long acrossGivenSplits, long conflicting) {}

  /**
   * Who the files are of.
   *
   * @param patients how many
   * @param mostSources sources of the patient who has most
   * @param acrossGivenSplits patients with sources in several given splits
   */
  public record Patients(long patients, long mostSources, long acrossGivenSplits) {}

  /**
   * Why {@code prepare} would stop.
   *
   * @param code of the error
   * @param message its text
   * @param remedy what to do
   */
  public record Problem(String code, String message, String remedy) {}
}
