package dev.sinter.dataset.source;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;

/** The failures that a file can cause. */
final class SourceErrors {
  private static final String REPLACE =
      "Open the file with another viewer; replace it from its origin or remove it.";

  private SourceErrors() {}

  static SinterException unreadable(String path, String format, Throwable cause) {
    return new SinterException(
        ErrorCategory.DATA,
        "IMAGE_UNREADABLE",
        path + ": the " + format + " data cannot be decoded: " + reason(cause),
        REPLACE,
        cause);
  }

  static SinterException unreadable(String path, String format, String reason) {
    return data(
        "IMAGE_UNREADABLE",
        path + ": the " + format + " data cannot be decoded: " + reason,
        REPLACE);
  }

  static SinterException data(String code, String problem, String remedy) {
    return new SinterException(ErrorCategory.DATA, code, problem, remedy);
  }

  private static String reason(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
