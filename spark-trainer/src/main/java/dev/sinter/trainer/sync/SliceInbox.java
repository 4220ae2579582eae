package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import java.util.ArrayList;
import java.util.List;

/** Buffers for what the peers send of this worker's slice, reused in every step. */
final class SliceInbox implements AutoCloseable {
  private final Exchange exchange;
  private final int length;
  private final List<Source> sources;
  private final List<FlatVector> vectors = new ArrayList<>();
  private final List<Transfer> transfers = new ArrayList<>();

  /** Who sends what. */
  record Source(int peer, String tag) {}

  SliceInbox(Exchange exchange, Slice slice, List<Source> sources) {
    this.exchange = exchange;
    this.length = slice.length();
    this.sources = sources;
    sources.forEach(source -> vectors.add(FlatVector.ofFloats(length)));
  }

  /** Opens the buffers for a step; early, so that arrivals need no copy. */
  void post(long step, String suffix) {
    for (int i = 0; i < sources.size(); i++) {
      Source source = sources.get(i);
      transfers.add(
          exchange.receive(
              source.peer(), step, source.tag() + suffix, vectors.get(i).bytes(0, length)));
    }
  }

  /** Waits until all have come. */
  void await() {
    transfers.forEach(Transfer::await);
    transfers.clear();
  }

  FlatVector vector(int source) {
    return vectors.get(source);
  }

  @Override
  public void close() {
    vectors.forEach(FlatVector::close);
  }
}
