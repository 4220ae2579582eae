package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Sums of gradients in 16 bits on the wire.
 *
 * <p>The gradient of a lane and the sum of every subtree are rounded whether they are sent or not,
 * and all sums are made in 32 bits. So this, too, gives the same bits on any number of workers.
 */
final class HalfGradientSum implements GradientSum {
  private final Exchange exchange;
  private final Lanes lanes;
  private final HalfVectors half;
  private final BlockThreads threads;
  private final Slice slice;
  private final Chunk arriving;
  private final SliceInbox inbox;
  private final List<LaneNode> subtrees = new ArrayList<>();
  private final List<Outgoing> outgoing = new ArrayList<>();

  /** A subtree's sum for the owner of a slice. */
  private record Outgoing(int peer, Slice slice, LaneNode subtree, FlatVector packed) {}

  HalfGradientSum(
      HalfFormat format, Exchange exchange, Lanes lanes, long length, BlockThreads threads) {
    this.exchange = exchange;
    this.lanes = lanes;
    this.half = new HalfVectors(format);
    this.threads = threads;
    this.slice = Slice.of(length, exchange.rank(), exchange.workers());
    List<SliceInbox.Source> sources = new ArrayList<>();
    for (int worker = 0; worker < lanes.workers(); worker++) {
      Slice owned = Slice.of(length, worker, exchange.workers());
      for (LaneNode subtree : lanes.subtrees(worker)) {
        subtrees.add(subtree);
        if (worker != exchange.rank()) {
          sources.add(new SliceInbox.Source(worker, tag(subtree)));
        }
      }
      if (worker != exchange.rank()) {
        for (LaneNode subtree : lanes.subtrees(exchange.rank())) {
          FlatVector packed = FlatVector.ofFloats(half.words(owned.length()));
          outgoing.add(new Outgoing(worker, owned, subtree, packed));
        }
      }
    }
    this.arriving = wholeOf(half.words(slice.length()));
    this.inbox = new SliceInbox(exchange, new Slice(0, arriving.length()), sources);
  }

  @Override
  public void round(FlatVector sum) {
    half.round(sum);
  }

  @Override
  public void post(long step) {
    inbox.post(step, "", arriving);
  }

  @Override
  public List<Transfer> push(long step, LaneNode subtree, FlatVector sum) {
    List<Transfer> transfers = new ArrayList<>();
    for (Outgoing message : outgoing) {
      if (message.subtree().equals(subtree)) {
        FlatVector packed = message.packed();
        half.pack(sum, message.slice(), packed, threads);
        int words = Math.toIntExact(packed.length());
        transfers.add(
            exchange.push(
                message.peer(), step, wholeOf(words).tag(tag(subtree)), packed.bytes(0, words)));
      }
    }
    return transfers;
  }

  @Override
  public Mean reduce(long nextStep, Function<LaneNode, FlatVector> own) {
    long started = System.nanoTime();
    inbox.await(arriving);
    final long waited = System.nanoTime() - started;
    List<LaneNode> mine = lanes.subtrees(exchange.rank());
    List<HalfVectors.Source> sources = new ArrayList<>();
    int received = 0;
    for (LaneNode subtree : subtrees) {
      sources.add(
          mine.contains(subtree)
              ? new HalfVectors.Source.Whole(own.apply(subtree))
              : new HalfVectors.Source.Packed(inbox.vector(received++)));
    }
    FlatVector result = own.apply(mine.get(0));
    half.mean(LaneTree.over(subtrees), sources, slice, 1f / lanes.count(), result, threads);
    post(nextStep);
    return new Mean(new Span(result, slice.from()), waited);
  }

  @Override
  public void close() {
    inbox.close();
    outgoing.forEach(message -> message.packed().close());
  }

  /** Packed messages are short: they go as one chunk. */
  private static Chunk wholeOf(int words) {
    return new Chunk(0, 0, words);
  }

  private static String tag(LaneNode subtree) {
    return "gradients of " + subtree;
  }
}
