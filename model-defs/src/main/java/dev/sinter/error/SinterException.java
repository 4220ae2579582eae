package dev.sinter.error;

import java.util.Objects;

/**
 * A failure with a stable code, a sentence that holds the offending values, and the next step for
 * the user.
 *
 * <p>Shown without a stack trace. Serialisable, so that an executor's failure reaches the driver
 * whole.
 */
public class SinterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCategory category;
  private final String code;
  private final String remedy;

  /**
   * Creates a coded failure.
   *
   * @param category decides the exit code
   * @param code stable name in capitals, such as {@code SHARD_CHECKSUM_MISMATCH}
   * @param problem what is wrong and where, with the offending values
   * @param remedy what the user should do next
   */
  public SinterException(ErrorCategory category, String code, String problem, String remedy) {
    this(category, code, problem, remedy, null);
  }

  /** Creates a coded failure with its cause, which is shown under {@code --debug}. */
  public SinterException(
      ErrorCategory category, String code, String problem, String remedy, Throwable cause) {
    super(problem, cause);
    this.category = Objects.requireNonNull(category, "category");
    this.code = Objects.requireNonNull(code, "code");
    this.remedy = Objects.requireNonNull(remedy, "remedy");
  }

  /** The category, which decides the exit code. */
  public ErrorCategory category() {
    return category;
  }

  /** The stable code, such as {@code SHARD_CHECKSUM_MISMATCH}. */
  public String code() {
    return code;
  }

  /** What the user should do next. */
  public String remedy() {
    return remedy;
  }

  /** With code and remedy: all that a notebook, or a log of somebody else's, shows of it. */
  @Override
  @SuppressWarnings("OverrideThrowableToString") // the message alone is for those who show the rest
  public String toString() {
    return getClass().getName() + ": " + code + ": " + getMessage() + "; next: " + remedy;
  }
}
