package dev.sinter.trainer.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.sync.SparkExchange;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;

/** The task of a barrier stage that measures; shipped to executors. */
final class SyncWorker extends AbstractFunction1<Iterator<Integer>, Iterator<SyncMeasurement>>
    implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final double TIMEOUT_SECONDS = 120;

  /** Until the JIT compiler has seen everything. */
  private static final int WARM_UP_ROUNDS = 10;

  private final SyncCase sync;
  private final String runId;

  SyncWorker(SyncCase sync, String runId) {
    this.sync = sync;
    this.runId = runId;
  }

  @Override
  public Iterator<SyncMeasurement> apply(Iterator<Integer> partition) {
    BarrierTaskContext context = BarrierTaskContext.get();
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    try (SparkExchange exchange = SparkExchange.meet(context, runId, TIMEOUT_SECONDS);
        SyncLoop loop = SyncLoop.of(sync, exchange)) {
      long bytesSent = 0;
      for (int round = 1; round <= WARM_UP_ROUNDS; round++) {
        bytesSent = run(loop, exchange, round);
      }
      int share = share(context, bytesSent);
      try (FlatVector memory = FlatVector.ofFloats(2L * share / Float.BYTES * peers() + 1);
          PlainSockets sockets =
              PlainSockets.connect(
                  exchange.rank(), host, address -> List.of(context.allGather(address)))) {
        SyncMeasurement measurement = measure(loop, exchange, sockets, memory, share);
        return JavaConverters.asScalaIterator(List.of(measurement).iterator());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SyncMeasurement measure(
      SyncLoop loop, SparkExchange exchange, PlainSockets sockets, FlatVector memory, int share) {
    List<ByteBuffer> from = shares(memory, 0, share);
    List<ByteBuffer> to = shares(memory, peers(), share);
    List<SyncMeasurement.Round> rounds = new ArrayList<>();
    long bytesSent = 0;
    for (int i = 0; i < WARM_UP_ROUNDS + sync.rounds(); i++) {
      final int round = WARM_UP_ROUNDS + 1 + i;
      loop.prepare();
      exchange.barrier(round, "loop", TIMEOUT_SECONDS);
      final long sentBefore = exchange.bytesSent();
      final long cpuBefore = cpuNanos();
      long started = System.nanoTime();
      loop.run(round);
      final long nanos = System.nanoTime() - started;
      bytesSent = exchange.bytesSent() - sentBefore;
      exchange.barrier(round, "plain sockets", TIMEOUT_SECONDS);
      final long cpuNanos = cpuNanos() - cpuBefore;
      started = System.nanoTime();
      sockets.exchange(from, to);
      final long plainNanos = System.nanoTime() - started;
      exchange.barrier(round, "end of plain sockets", TIMEOUT_SECONDS);
      final long plainCpuNanos = cpuNanos() - cpuBefore - cpuNanos;
      if (i >= WARM_UP_ROUNDS) { // the plain sockets, too, have to get warm
        rounds.add(new SyncMeasurement.Round(nanos, cpuNanos, plainNanos, plainCpuNanos));
      }
    }
    exchange.barrier(0, "end", TIMEOUT_SECONDS);
    return new SyncMeasurement(rounds, bytesSent);
  }

  private static long run(SyncLoop loop, SparkExchange exchange, int round) {
    loop.prepare();
    long before = exchange.bytesSent();
    loop.run(round);
    return exchange.bytesSent() - before;
  }

  /** Bytes for one peer, the same on all workers. */
  private int share(BarrierTaskContext context, long bytesSent) {
    return Stream.of(context.allGather(Long.toString(bytesSent / peers())))
        .mapToInt(Integer::parseInt)
        .max()
        .getAsInt();
  }

  /** A share for each peer. */
  private List<ByteBuffer> shares(FlatVector memory, int first, int share) {
    List<ByteBuffer> shares = new ArrayList<>();
    int floats = (share + Float.BYTES - 1) / Float.BYTES;
    for (int i = 0; i < peers(); i++) {
      shares.add(memory.bytes((long) (first + i) * (share / Float.BYTES), floats).limit(share));
    }
    return shares;
  }

  private int peers() {
    return sync.workers() - 1;
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
