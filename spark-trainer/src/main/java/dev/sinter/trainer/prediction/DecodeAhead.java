package dev.sinter.trainer.prediction;

import dev.sinter.dataset.SourceCollection;
import dev.sinter.dataset.SourceItem;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.data.EndingThreads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * Reads the sources of a collection on threads of its own, ahead of who takes them, and gives them
 * in their order. It waits when what nobody took yet is more than some bytes, so that the memory
 * does not depend on how much faster decoding is than the network.
 */
final class DecodeAhead implements AutoCloseable {
  private static final long LARGEST_QUEUE_BYTES = 32L << 20;
  static final int LONGEST_QUEUE = 64;

  /**
   * What became of a source.
   *
   * @param source empty when it could not be read
   * @param failure why not
   */
  record Decoded(
      SourceItem item,
      Optional<SourceCollection.Source> source,
      Optional<SinterException> failure) {
    private long bytes() {
      return source.map(SourceCollection.Source::rawBytes).orElse(0L);
    }
  }

  private final SourceCollection sources;
  private final Configuration hadoop;
  private final Map<Integer, Decoded> ready = new HashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private long readyBytes;
  private int nextToRead;
  private int nextToTake;
  private Throwable fault;
  private boolean closed;

  DecodeAhead(SourceCollection sources, Configuration hadoop, int threadCount) {
    this.sources = sources;
    this.hadoop = hadoop;
    for (int i = 0; i < threadCount; i++) {
      Thread thread = new Thread(this::read, "sinter-decode-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  /** The next source; empty behind the last one. */
  synchronized Optional<Decoded> take() {
    try {
      while (nextToTake < sources.items().size()
          && !ready.containsKey(nextToTake)
          && fault == null) {
        wait(); // for a thread of this object, which always answers
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a source was read", e);
    }
    rethrow(fault);
    if (nextToTake == sources.items().size()) {
      return Optional.empty();
    }
    Decoded decoded = ready.remove(nextToTake++);
    readyBytes -= decoded.bytes();
    notifyAll();
    return Optional.of(decoded);
  }

  private static void rethrow(Throwable fault) {
    if (fault instanceof Error error) {
      throw error;
    }
    if (fault instanceof RuntimeException exception) {
      throw exception;
    }
  }

  private void read() {
    try {
      for (int index = claim(); index >= 0; index = claim()) {
        put(index, decoded(sources.items().get(index)));
      }
    } catch (InterruptedException e) {
      // closed
    } catch (Throwable e) { // the one who takes shall know
      synchronized (this) {
        fault = fault == null ? e : fault;
        notifyAll();
      }
    }
  }

  private Decoded decoded(SourceItem item) {
    try {
      return new Decoded(item, Optional.of(sources.read(hadoop, item)), Optional.empty());
    } catch (SinterException e) {
      if (e.category() != ErrorCategory.DATA) {
        throw e;
      }
      return new Decoded(item, Optional.empty(), Optional.of(e));
    } catch (RuntimeException e) { // one file must not end the run
      SinterException unreadable =
          new SinterException(
              ErrorCategory.DATA,
              "IMAGE_UNREADABLE",
              item.path() + ": it cannot be decoded: " + e.getClass().getSimpleName(),
              "remove the file, or save it again",
              e);
      return new Decoded(item, Optional.empty(), Optional.of(unreadable));
    }
  }

  private synchronized int claim() {
    return closed || fault != null || nextToRead == sources.items().size() ? -1 : nextToRead++;
  }

  /** Waits for room, unless it is the one that is waited for. */
  private synchronized void put(int index, Decoded decoded) throws InterruptedException {
    while (!closed
        && index != nextToTake
        && (readyBytes + decoded.bytes() > LARGEST_QUEUE_BYTES || ready.size() >= LONGEST_QUEUE)) {
      wait();
    }
    ready.put(index, decoded);
    readyBytes += decoded.bytes();
    notifyAll();
  }

  /** Sources and bytes that were read and not taken. */
  synchronized int waiting() {
    return ready.size();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    EndingThreads.await(threads);
  }
}
