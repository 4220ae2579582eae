package dev.sinter.dataset;

import dev.sinter.error.SinterException;
import java.util.List;
import java.util.Optional;

/**
 * A verification that wrote nothing.
 *
 * @param report what was found, with hashed paths
 * @param rejectedNames true names of the files that would not be taken, for their owner's eyes
 * @param failure why a preparation would stop, if it would
 */
public record Verification(
    VerificationReport report,
    List<RejectedName> rejectedNames,
    Optional<SinterException> failure) {

  /**
   * The true name of a rejected file.
   *
   * @param path below the input
   * @param shown as reports show it
   * @param code why it is not taken
   */
  public record RejectedName(String path, String shown, String code) {}

  static Verification of(Survey survey) {
    return new Verification(
        new SurveyCounts(survey).report(),
        survey.rejections.stream()
            .map(r -> new RejectedName(r.path(), survey.names.hidden(r.path(), ""), r.code()))
            .toList(),
        survey.problems.stream().findFirst());
  }
}
