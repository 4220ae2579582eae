package dev.sinter.trainer.sync;

import java.nio.ByteBuffer;

/**
 * Moves bytes between the workers of one stage attempt.
 *
 * <p>A message is named by (sender, step, tag), and each name is used once. Pushes never wait for
 * the receiver: bytes land in the target of a receive that is already posted, or else in a landing
 * buffer. Posting early therefore saves a copy.
 *
 * <p>Receiving and closing are for the one thread that owns the exchange; others may push until it
 * is closed.
 */
public interface Exchange extends AutoCloseable {
  /** This worker, from 0. */
  int rank();

  /** Number of workers. */
  int workers();

  /**
   * Starts sending the remaining bytes of a direct buffer, which must not change until the transfer
   * is awaited.
   *
   * @param peer the receiving worker
   * @param step the training step
   * @param tag what the bytes are, in words: errors show it
   */
  Transfer push(int peer, long step, String tag, ByteBuffer bytes);

  /**
   * Posts the direct buffer that a peer's message fills. Its size must be the message's.
   *
   * @param peer the sending worker
   */
  Transfer receive(int peer, long step, String tag, ByteBuffer target);

  /** Returns once every worker has come here in this step. */
  default void barrier(long step) {
    Gathers.meet(this, step, "barrier").forEach(Transfer::await);
  }

  /**
   * The same under another name and with a deadline of its own, for meetings after work that takes
   * the workers unlike times.
   */
  default void barrier(long step, String tag, double timeoutSeconds) {
    Gathers.meet(this, step, tag).forEach(transfer -> transfer.await(timeoutSeconds));
  }

  /** Bytes of payload pushed so far to other workers. */
  long bytesSent();

  /** Tells the peers that this worker leaves, and gives up all buffers that it was given. */
  @Override
  void close();
}
