package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The mean of one vector per worker, in place on all of them: a reduce-scatter whose chunks are
 * sent to everybody as soon as they are summed. The same bits on every worker.
 */
public final class AllReduce implements AutoCloseable {
  private static final String SHARE = "share of ";

  private final Exchange exchange;
  private final BlockThreads threads;
  private final ReduceScatter scatter;
  private long postedStep = -1;

  /**
   * Sums with weights.
   *
   * @param sum over the workers, in the order of their ranks
   */
  AllReduce(Exchange exchange, long length, SpanSum sum, BlockThreads threads) {
    this.exchange = exchange;
    this.threads = threads;
    List<ReduceScatter.Term> terms =
        IntStream.range(0, exchange.workers())
            .mapToObj(rank -> new ReduceScatter.Term(rank, SHARE))
            .toList();
    this.scatter = new ReduceScatter(exchange, length, terms, sum, threads);
  }

  /** The plain mean, with a number of threads. The exchange is its own from here on. */
  public static AllReduce mean(Exchange exchange, long length, int threads) {
    List<LaneNode> ranks =
        IntStream.range(0, exchange.workers()).mapToObj(rank -> new LaneNode(rank, 1)).toList();
    SpanSum mean = SpanSum.meanOver(ranks, ranks.size());
    return new AllReduce(exchange, length, mean, new BlockThreads(threads));
  }

  /**
   * Leaves the mean in the vector, on all workers.
   *
   * @param step counts the calls, without gaps
   */
  public void run(long step, FlatVector vector) {
    if (exchange.workers() == 1) {
      return;
    }
    String name = "vector";
    if (postedStep != step) {
      scatter.post(step, name);
    }
    postedStep = step + 1;
    // Before a chunk's mean is sent, after which a peer may begin the next step.
    run(step, name, vector, chunk -> scatter.post(step + 1, name, chunk));
  }

  /** The same for one of several vectors of a step. */
  void run(long step, String name, FlatVector vector) {
    if (exchange.workers() == 1) {
      return;
    }
    scatter.post(step, name);
    run(step, name, vector, chunk -> {});
  }

  private void run(long step, String name, FlatVector vector, Consumer<Chunk> summed) {
    String tag = "mean of " + name;
    // An owner sends a chunk's mean only after it has this worker's share: the target is not read.
    List<Transfer> transfers = Gathers.postSlices(exchange, step, tag, vector);
    transfers.addAll(scatter.push(step, SHARE, name, vector));
    scatter.reduce(
        term -> vector,
        chunk -> {
          summed.accept(chunk);
          transfers.addAll(Gathers.pushChunk(exchange, step, tag, vector, chunk));
        });
    transfers.forEach(Transfer::await);
  }

  /** Closes the exchange, then frees the buffers. */
  @Override
  public void close() {
    exchange.close();
    scatter.close();
    threads.close();
  }
}
