package dev.sinter.trainer.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.sync.AllReduce;
import dev.sinter.trainer.sync.SparkExchange;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
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
        FlatVector vector = FlatVector.ofFloats(sync.floats());
        FlatVector scratch = FlatVector.ofFloats(2L * share() * sync.workers());
        AllReduce allReduce = AllReduce.mean(exchange, sync.floats(), 1);
        PlainSockets sockets =
            PlainSockets.connect(
                exchange.rank(), host, address -> List.of(context.allGather(address)))) {
      check(exchange, allReduce, vector);
      List<SyncMeasurement.Round> rounds = new ArrayList<>();
      long bytesSent = 0;
      for (int round = 1; round <= WARM_UP_ROUNDS + sync.rounds(); round++) {
        exchange.barrier(round, "all-reduce", TIMEOUT_SECONDS);
        final long sentBefore = exchange.bytesSent();
        final long cpuBefore = cpuNanos();
        long started = System.nanoTime();
        allReduce.run(round, vector);
        final long nanos = System.nanoTime() - started;
        bytesSent = exchange.bytesSent() - sentBefore;
        exchange.barrier(round, "plain sockets", TIMEOUT_SECONDS);
        final long cpuNanos = cpuNanos() - cpuBefore;
        started = System.nanoTime();
        sockets.exchange(shares(vector), shares(scratch));
        final long plainNanos = System.nanoTime() - started;
        exchange.barrier(round, "end of plain sockets", TIMEOUT_SECONDS);
        final long plainCpuNanos = cpuNanos() - cpuBefore - cpuNanos;
        if (round > WARM_UP_ROUNDS) {
          rounds.add(new SyncMeasurement.Round(nanos, cpuNanos, plainNanos, plainCpuNanos));
        }
      }
      exchange.barrier(0, "end", TIMEOUT_SECONDS);
      return JavaConverters.asScalaIterator(
          List.of(new SyncMeasurement(rounds, bytesSent)).iterator());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is measured has to be right. */
  private void check(SparkExchange exchange, AllReduce allReduce, FlatVector vector) {
    FloatBuffer floats = vector.floats();
    for (int i = 0; i < floats.capacity(); i++) {
      floats.put(i, exchange.rank() + i % 1024);
    }
    allReduce.run(0, vector);
    float mean = (exchange.workers() - 1) / 2f;
    for (int i = 0; i < floats.capacity(); i++) {
      if (Math.abs(floats.get(i) - (mean + i % 1024)) > 1e-3) {
        throw new IllegalStateException("float " + i + " of the mean is " + floats.get(i));
      }
    }
  }

  /** One per peer: what an all-reduce sends to it, a slice of the vector twice. */
  private List<ByteBuffer> shares(FlatVector memory) {
    List<ByteBuffer> shares = new ArrayList<>();
    int bytes = 2 * share();
    for (int i = 0; i < sync.workers() - 1; i++) {
      long offset = Math.min((long) i * bytes, memory.length() - bytes);
      shares.add(memory.bytes(offset, bytes));
    }
    return shares;
  }

  private int share() {
    return sync.floats() / sync.workers();
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
