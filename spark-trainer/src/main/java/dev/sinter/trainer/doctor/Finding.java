package dev.sinter.trainer.doctor;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;

/**
 * One line of the answer.
 *
 * @param check name of the check, stable
 * @param outcome how it came out
 * @param found the value that was found
 * @param setting what to change; empty where nothing is to be
 * @param category of a failure: whether the configuration or the cluster is to be mended
 */
public record Finding(
    String check, Outcome outcome, String found, String setting, ErrorCategory category) {

  static Finding ok(String check, String found) {
    return new Finding(check, Outcome.OK, found, "", ErrorCategory.RESOURCES);
  }

  static Finding warning(String check, String found, String setting) {
    return new Finding(check, Outcome.WARNING, found, setting, ErrorCategory.RESOURCES);
  }

  /** Of the cluster. */
  static Finding failure(String check, String found, String setting) {
    return new Finding(check, Outcome.FAILURE, found, setting, ErrorCategory.RESOURCES);
  }

  /** Of a setting that no cluster can satisfy. */
  static Finding misconfigured(String check, String found, String setting) {
    return new Finding(check, Outcome.FAILURE, found, setting, ErrorCategory.USAGE);
  }

  static Finding skipped(String check, String why) {
    return new Finding(check, Outcome.SKIPPED, why, "", ErrorCategory.RESOURCES);
  }

  /** What a training would have ended with. */
  static Finding of(String check, SinterException failure) {
    return new Finding(
        check,
        Outcome.FAILURE,
        failure.getMessage() + " (" + failure.code() + ")",
        failure.remedy(),
        failure.category() == ErrorCategory.USAGE ? ErrorCategory.USAGE : ErrorCategory.RESOURCES);
  }
}
