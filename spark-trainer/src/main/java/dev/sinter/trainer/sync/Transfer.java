package dev.sinter.trainer.sync;

/** One message under way. */
public interface Transfer {
  /**
   * Waits until the message has arrived whole: at the other worker if it was pushed, in the target
   * if it is received.
   *
   * @throws dev.sinter.error.SinterException {@code EXCHANGE_TIMEOUT} past the deadline, {@code
   *     PEER_LOST} when the other worker is gone, {@code PEER_REFUSED} when it belongs to another
   *     attempt
   */
  void await();

  /** The same with a deadline of its own, for what other workers may take long to send. */
  void await(double timeoutSeconds);
}
