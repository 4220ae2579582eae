package dev.sinter.error;

import java.util.regex.Pattern;

/**
 * Finds passwords in locations, such as {@code s3a://KEY:SECRET@bucket/folder}, and takes them out
 * of texts. A user alone ({@code abfs://container@account}) is no secret.
 */
public final class Redaction {
  /** A user and a password; not a port with an {@code @} further on. */
  private static final Pattern PASSWORD =
      Pattern.compile("://[^/@:\\s]*:(?!\\d{1,5}(?:/|$))[^@\\s]*@(?:[^@/\\s]*@)*");

  /** Where passwords belong. */
  public static final String REMEDY =
      "keep credentials in Hadoop's configuration (for S3 a credential provider:"
          + " hadoop.security.credential.provider.path), never in a location";

  private static final String REDACTED = "://***@";

  private Redaction() {}

  /** Whether a text holds a location with a password. */
  public static boolean holdsPassword(String text) {
    return PASSWORD.matcher(text).find();
  }

  /** The text without users and passwords. */
  public static String of(String text) {
    return PASSWORD.matcher(text).replaceAll(REDACTED);
  }

  /**
   * Refuses a location that holds a password: it would be in every log, checkpoint and report.
   *
   * @param what names it, such as a key
   * @throws SinterException {@code LOCATION_HAS_PASSWORD}
   */
  public static void requireNone(String what, String text) {
    if (holdsPassword(text)) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "LOCATION_HAS_PASSWORD",
          what + " holds a user and a password: " + of(text),
          REMEDY);
    }
  }
}
