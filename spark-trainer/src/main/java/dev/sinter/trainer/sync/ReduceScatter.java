package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Sums vectors of all workers, of which each worker gets the sum of its own slice, chunk by chunk
 * while the rest is still under way.
 *
 * <p>The order of the sum is fixed, so that neither the order of arrival nor the size of chunks
 * changes a bit.
 */
final class ReduceScatter implements AutoCloseable {
  private final Exchange exchange;
  private final long length;
  private final List<Term> terms;
  private final SpanSum sum;
  private final BlockThreads threads;
  private final Slice slice;
  private final List<Chunk> chunks;
  private final SliceInbox inbox;

  /**
   * A vector of the sum: whose it is and the name of its messages, to which a suffix may be added.
   */
  record Term(int worker, String tag) {}

  /** This worker's own vector of a term. */
  @FunctionalInterface
  interface Own {
    /** Finds it by the term's name. */
    FlatVector vector(String tag);
  }

  /**
   * Makes the buffers.
   *
   * @param length of the vectors
   * @param terms in the order of the sum; each worker has one at least
   */
  ReduceScatter(
      Exchange exchange, long length, List<Term> terms, SpanSum sum, BlockThreads threads) {
    this.exchange = exchange;
    this.length = length;
    this.terms = terms;
    this.sum = sum;
    this.threads = threads;
    this.slice = Slice.of(length, exchange.rank(), exchange.workers());
    this.chunks = Chunk.of(slice);
    this.inbox =
        new SliceInbox(
            exchange,
            slice,
            terms.stream()
                .filter(term -> term.worker() != exchange.rank())
                .map(term -> new SliceInbox.Source(term.worker(), term.tag()))
                .toList());
  }

  /** The slice that this worker gets. */
  Slice slice() {
    return slice;
  }

  /** Opens all buffers for a step, early, so that arrivals need no copy. */
  void post(long step, String suffix) {
    chunks.forEach(chunk -> post(step, suffix, chunk));
  }

  /** The same for one chunk, whose buffers are free. */
  void post(long step, String suffix, Chunk chunk) {
    inbox.post(step, suffix, chunk);
  }

  /**
   * Starts sending a term of this worker, whose other slices must not change until the transfers
   * are awaited. Peers take turns, and begin with another on every worker.
   */
  List<Transfer> push(long step, String tag, String suffix, FlatVector vector) {
    List<Transfer> transfers = new ArrayList<>();
    int workers = exchange.workers();
    boolean more = true;
    for (int round = 0; more; round++) {
      more = false;
      for (int i = 1; i < workers; i++) {
        int peer = (exchange.rank() + i) % workers;
        Slice owned = Slice.of(length, peer, workers);
        List<Chunk> theirs = Chunk.of(owned);
        if (round < theirs.size()) {
          Chunk chunk = theirs.get(round);
          transfers.add(
              exchange.push(
                  peer,
                  step,
                  chunk.tag(tag + suffix),
                  vector.bytes(owned.from() + chunk.offset(), chunk.length())));
          more = true;
        }
      }
    }
    return transfers;
  }

  /**
   * Leaves the sum in the slice of this worker's first term.
   *
   * @param reduced hears of every chunk when its sum is there and its buffers are free
   * @return nanoseconds spent waiting for chunks
   */
  long reduce(Own own, Consumer<Chunk> reduced) {
    long waited = 0;
    for (Chunk chunk : chunks) {
      long started = System.nanoTime();
      inbox.await(chunk);
      waited += System.nanoTime() - started;
      sum.into(result(own, chunk), spans(own, chunk), chunk.length(), threads);
      reduced.accept(chunk);
    }
    return waited;
  }

  /** Where the sum lies. */
  Span result(Own own) {
    return result(own, chunks.get(0));
  }

  private Span result(Own own, Chunk chunk) {
    for (Term term : terms) {
      if (term.worker() == exchange.rank()) {
        return new Span(own.vector(term.tag()), slice.from() + chunk.offset());
      }
    }
    throw new IllegalStateException("worker " + exchange.rank() + " has no part of the sum");
  }

  private List<Span> spans(Own own, Chunk chunk) {
    List<Span> spans = new ArrayList<>();
    int received = 0;
    for (Term term : terms) {
      spans.add(
          term.worker() == exchange.rank()
              ? new Span(own.vector(term.tag()), slice.from() + chunk.offset())
              : new Span(inbox.vector(received++), chunk.offset()));
    }
    return spans;
  }

  @Override
  public void close() {
    inbox.close();
  }
}
