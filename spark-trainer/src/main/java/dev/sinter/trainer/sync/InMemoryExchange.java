package dev.sinter.trainer.sync;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** An exchange between threads of one process, for tests and for runs with a single worker. */
public final class InMemoryExchange implements Exchange {
  private final int rank;
  private final List<Mailbox> mailboxes;
  private final Deadline deadline;
  private final AtomicLong bytesSent = new AtomicLong();

  private InMemoryExchange(int rank, List<Mailbox> mailboxes, Deadline deadline) {
    this.rank = rank;
    this.mailboxes = mailboxes;
    this.deadline = deadline;
  }

  /** The exchanges of a group of workers, by rank. */
  public static List<Exchange> group(int workers, double timeoutSeconds) {
    List<Mailbox> mailboxes = IntStream.range(0, workers).mapToObj(r -> new Mailbox()).toList();
    Deadline deadline = new Deadline(timeoutSeconds, () -> false);
    return IntStream.range(0, workers)
        .<Exchange>mapToObj(rank -> new InMemoryExchange(rank, mailboxes, deadline))
        .toList();
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int workers() {
    return mailboxes.size();
  }

  @Override
  public Transfer push(int peer, long step, String tag, ByteBuffer bytes) {
    MessageKey key = new MessageKey(rank, step, tag);
    bytesSent.addAndGet(bytes.remaining());
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      Slot slot = mailboxes.get(peer).begin(key, bytes.remaining());
      slot.write(bytes.duplicate());
      slot.end();
      done.complete(null);
    } catch (IllegalStateException e) {
      done.completeExceptionally(e);
    }
    return new PendingTransfer(done, deadline, "worker " + peer + " to take " + key, () -> {});
  }

  @Override
  public Transfer receive(int peer, long step, String tag, ByteBuffer target) {
    MessageKey key = new MessageKey(peer, step, tag);
    Mailbox mailbox = mailboxes.get(rank);
    Slot slot = mailbox.receive(key, target);
    return new PendingTransfer(
        slot.done(), deadline, key + " from worker " + peer, () -> mailbox.forget(key));
  }

  @Override
  public long bytesSent() {
    return bytesSent.get();
  }

  @Override
  public void close() {
    mailboxes.get(rank).close();
    for (int peer = 0; peer < mailboxes.size(); peer++) {
      if (peer != rank) {
        mailboxes.get(peer).peerGone(rank, PeerFailures.lost("worker " + rank + " left", null));
      }
    }
  }
}
