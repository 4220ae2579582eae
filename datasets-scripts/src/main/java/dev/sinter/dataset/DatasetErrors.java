package dev.sinter.dataset;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.Locale;
import org.apache.hadoop.fs.Path;

/** The failures of the dataset stage. */
final class DatasetErrors {

  private DatasetErrors() {}

  static SinterException data(String code, String problem, String remedy) {
    return new SinterException(ErrorCategory.DATA, code, problem, remedy);
  }

  static SinterException data(String code, String problem, String remedy, Throwable cause) {
    return new SinterException(ErrorCategory.DATA, code, problem, remedy, cause);
  }

  static SinterException usage(String code, String problem, String remedy) {
    return new SinterException(ErrorCategory.USAGE, code, problem, remedy);
  }

  /**
   * A source that was verified and cannot be read any more. The cause is left out: it has names.
   */
  static SinterException sourceLost(String shown, Exception failure) {
    return new SinterException(
        ErrorCategory.RESOURCES,
        "STORAGE_FAILED",
        shown
            + ": it was verified and cannot be read now: "
            + failure.getClass().getSimpleName()
            + " (the path is hashed; sources are left unchanged while they are prepared)",
        "Check that the file system is up and that this user may read there.");
  }

  /**
   * Something below a folder cannot be read. Text and cause of the failure are left out: they have
   * the names that lie there.
   */
  static SinterException unreadableBelow(String shown, Exception failure) {
    return new SinterException(
        ErrorCategory.RESOURCES,
        "STORAGE_FAILED",
        shown
            + ": it, or something below it, cannot be read: "
            + failure.getClass().getSimpleName()
            + " (names that lie there are not shown)",
        "Check that the file system is up and that this user may read all that lies there.");
  }

  /** The coded failure within a chain of causes, or what a storage failure means to the user. */
  static SinterException storage(Path path, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SinterException coded) {
        return coded;
      }
    }
    if (isDiskFull(failure)) {
      return new SinterException(
          ErrorCategory.RESOURCES,
          "DISK_FULL",
          path + ": no space left to write",
          "Free space or quota there, or choose another output, and run the command again.",
          failure);
    }
    return new SinterException(
        ErrorCategory.RESOURCES,
        "STORAGE_FAILED",
        path + ": " + lastLine(failure),
        "Check that the file system is up and that this user may read and write there.",
        failure);
  }

  /** A coded failure where the chain of causes holds one or is about storage; else as it is. */
  static RuntimeException foreseen(Path path, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SinterException || cause instanceof java.io.IOException) {
        return storage(path, failure);
      }
    }
    if (isDiskFull(failure)) {
      return storage(path, failure);
    }
    return failure instanceof RuntimeException unforeseen
        ? unforeseen
        : new IllegalStateException(failure);
  }

  static boolean isDiskFull(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (text.contains("no space left on device")
          || text.contains("no space left to write") // our own message, within Spark's text
          || text.contains("disk quota exceeded")
          || text.contains("quotaexceededexception")
          || cause.getClass().getSimpleName().contains("QuotaExceeded")) {
        return true;
      }
    }
    return false;
  }

  private static String lastLine(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String text = root.getMessage() == null ? root.getClass().getName() : root.getMessage();
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }
}
