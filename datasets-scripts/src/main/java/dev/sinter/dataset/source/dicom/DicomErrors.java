package dev.sinter.dataset.source.dicom;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;

/**
 * The failures that a DICOM file can cause. The reader's parts do not know the path: {@link
 * #at(String, SinterException)} puts it in front, once.
 */
final class DicomErrors {
  private static final String REPLACE =
      "Open the file with another viewer; replace it from its origin or remove it.";

  private DicomErrors() {}

  static SinterException data(String code, String problem, String remedy) {
    return new SinterException(ErrorCategory.DATA, code, problem, remedy);
  }

  static SinterException truncated(String problem) {
    return data("DICOM_TRUNCATED", problem, "Copy the file again from its origin or remove it.");
  }

  static SinterException invalid(String problem) {
    return data("DICOM_INVALID", problem, REPLACE);
  }

  /** An attribute that decides what the pixels are, and cannot be right. */
  static SinterException attribute(String name, int tag, String problem) {
    return data("DICOM_ATTRIBUTE_INVALID", name + " " + Tags.text(tag) + " " + problem, REPLACE);
  }

  static SinterException frames(String problem) {
    return data("DICOM_FRAMES_MISMATCH", problem, REPLACE);
  }

  static SinterException unsupported(String problem, String remedy) {
    return data("DICOM_PIXELS_UNSUPPORTED", problem, remedy);
  }

  static SinterException tooLarge(String problem) {
    return data(
        "IMAGE_TOO_LARGE",
        problem,
        "Replace the file if it is damaged, or split it into files of fewer frames.");
  }

  static SinterException at(String path, SinterException cause) {
    return new SinterException(
        cause.category(), cause.code(), path + ": " + cause.getMessage(), cause.remedy(), cause);
  }
}
