package dev.sinter.trainer.sync;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gathers messages of any length whose lengths are known; keeps the largest buffers it needed. */
final class SparseExchange {
  private static final String TAG = "sparse gradients";

  private final Exchange exchange;
  private final ByteBuffer[] inbox;
  private ByteBuffer outbox = direct(0);

  SparseExchange(Exchange exchange) {
    this.exchange = exchange;
    this.inbox = new ByteBuffer[exchange.workers()];
    Arrays.fill(inbox, direct(0));
  }

  /** An empty buffer for this worker's message; the one before must be gathered. */
  ByteBuffer outgoing(int bytes) {
    outbox = atLeast(outbox, bytes);
    return outbox;
  }

  /**
   * Brings every worker's message to all.
   *
   * @param bytes lengths of the messages, by rank
   * @return the messages, by rank, to be read before the next step; this worker's own among them
   */
  List<ByteBuffer> gather(long step, int[] bytes) {
    List<ByteBuffer> messages = new ArrayList<>();
    List<Transfer> transfers = new ArrayList<>();
    ByteBuffer own = outbox.duplicate().order(outbox.order()).position(0).limit(bytes[rank()]);
    for (int peer = 0; peer < exchange.workers(); peer++) {
      if (peer == rank()) {
        messages.add(own);
        continue;
      }
      inbox[peer] = atLeast(inbox[peer], bytes[peer]).limit(bytes[peer]);
      messages.add(inbox[peer]);
      transfers.add(exchange.receive(peer, step, TAG, inbox[peer]));
      transfers.add(exchange.push(peer, step, TAG, own.duplicate()));
    }
    transfers.forEach(Transfer::await);
    return messages;
  }

  private int rank() {
    return exchange.rank();
  }

  private static ByteBuffer atLeast(ByteBuffer buffer, int bytes) {
    return buffer.capacity() >= bytes
        ? buffer.clear()
        : direct(Math.max(bytes, Math.addExact(buffer.capacity(), buffer.capacity() / 2)));
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
