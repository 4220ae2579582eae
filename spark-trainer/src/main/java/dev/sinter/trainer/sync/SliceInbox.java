package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Buffers for what the peers send of this worker's slice, reused in every step. */
final class SliceInbox implements AutoCloseable {
  private final Exchange exchange;
  private final List<Source> sources;
  private final List<FlatVector> vectors = new ArrayList<>();
  private final Map<Chunk, List<Transfer>> awaited = new HashMap<>();

  /** Who sends what. */
  record Source(int peer, String tag) {}

  SliceInbox(Exchange exchange, Slice slice, List<Source> sources) {
    this.exchange = exchange;
    this.sources = sources;
    sources.forEach(source -> vectors.add(FlatVector.ofFloats(slice.length())));
  }

  /** Opens the buffers of a chunk for a step; early, so that arrivals need no copy. */
  void post(long step, String suffix, Chunk chunk) {
    List<Transfer> transfers = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      Source source = sources.get(i);
      transfers.add(
          exchange.receive(
              source.peer(),
              step,
              chunk.tag(source.tag() + suffix),
              vectors.get(i).bytes(chunk.offset(), chunk.length())));
    }
    if (awaited.put(chunk, transfers) != null) {
      throw new IllegalStateException(chunk + " is posted twice");
    }
  }

  /** Waits until a chunk has come from everybody. */
  void await(Chunk chunk) {
    awaited.remove(chunk).forEach(Transfer::await);
  }

  FlatVector vector(int source) {
    return vectors.get(source);
  }

  @Override
  public void close() {
    vectors.forEach(FlatVector::close);
  }
}
