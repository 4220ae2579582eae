package dev.sinter.dataset.source.codec;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;

/** The failures that a compressed frame can cause. */
final class CodecErrors {
  private CodecErrors() {}

  static SinterException unreadable(String codec, String reason) {
    return unreadable(codec, reason, null);
  }

  static SinterException unreadable(String codec, String reason, Throwable cause) {
    return new SinterException(
        ErrorCategory.DATA,
        "IMAGE_UNREADABLE",
        "the " + codec + " frame cannot be decoded: " + reason,
        "Open the file with another viewer; replace it from its origin or remove it.",
        cause);
  }
}
