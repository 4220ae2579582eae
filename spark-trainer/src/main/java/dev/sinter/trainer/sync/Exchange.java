package dev.sinter.trainer.sync;

import java.nio.ByteBuffer;

/**
 * Moves bytes between the workers of one stage attempt.
 *
 * <p>A message is named by (sender, step, tag), and each name is used once. Pushes never wait for
 * the receiver: bytes land in the target of a receive that is already posted, or else in a landing
 * buffer. Posting early therefore saves a copy.
 *
 * <p>Pushing, receiving and closing are for the one thread that owns the exchange.
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
    ByteBuffer nothing = ByteBuffer.allocateDirect(0);
    Transfer[] transfers = new Transfer[2 * workers()];
    for (int peer = 0; peer < workers(); peer++) {
      if (peer != rank()) {
        transfers[2 * peer] = receive(peer, step, "barrier", nothing);
        transfers[2 * peer + 1] = push(peer, step, "barrier", nothing);
      }
    }
    for (Transfer transfer : transfers) {
      if (transfer != null) {
        transfer.await();
      }
    }
  }

  /** Bytes of payload pushed so far to other workers. */
  long bytesSent();

  /** Tells the peers that this worker leaves, and gives up all buffers that it was given. */
  @Override
  void close();
}
