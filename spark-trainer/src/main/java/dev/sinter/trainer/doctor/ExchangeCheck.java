package dev.sinter.trainer.doctor;

import dev.sinter.trainer.sync.Exchange;
import dev.sinter.trainer.sync.ExchangePort;
import dev.sinter.trainer.sync.SparkExchange;
import dev.sinter.trainer.sync.Transfer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.spark.BarrierTaskContext;

/** The exchange: its port, and whether workers reach each other through it. */
final class ExchangeCheck implements Check {
  private static final String PORT = "spark.sinter.exchange.port";
  private static final String MEETING_TIMEOUT = "spark.barrier.sync.timeout";
  private static final double TIMEOUT_SECONDS = 30;
  private static final int MESSAGE_BYTES = 1 << 20;
  private static final int ROUNDS = 8;

  @Override
  public String name() {
    return "exchange";
  }

  @Override
  public List<Finding> examine(Site site) {
    int port = site.conf().getInt(PORT, 0);
    if (port != 0 && site.executorsPerHost() > 1) {
      return List.of(
          Finding.misconfigured(
              name(),
              PORT
                  + " is "
                  + port
                  + ", and "
                  + Wording.count(site.executorsPerHost(), "executor")
                  + " of a host cannot share it",
              "one executor per host, or no " + PORT + ", to take any free port"));
    }
    site.ask(ExchangePort::open);
    if (site.embedded()) {
      return List.of(Finding.ok(name(), "within one process"));
    }
    int workers = site.workers();
    if (DynamicAllocationCheck.on(site)) {
      throw new Unanswerable("workers cannot meet with dynamic allocation");
    }
    if (site.executors().slots() < workers) {
      throw new Unanswerable("no slots for " + Wording.count(workers, "worker") + " at once");
    }
    // Spark's own is a year; read when the first stage of workers meets.
    site.conf().setIfMissing(MEETING_TIMEOUT, (long) (2 * TIMEOUT_SECONDS) + "s");
    String name = "doctor-" + UUID.randomUUID();
    List<Answer<Double>> answers = site.executors().meet(workers, context -> passOn(context, name));
    double slowest = 0;
    for (Answer<Double> answer : answers) {
      slowest = Math.max(slowest, answer.require());
    }
    return List.of(
        Finding.ok(
            name(),
            workers == 1
                ? "one worker, which has nobody to exchange with"
                : String.format(
                    Locale.ROOT,
                    "%d workers reach each other%s; 1 MiB to the next one takes %.1f ms",
                    workers,
                    port == 0 ? "" : " at port " + port,
                    slowest * 1e3)));
  }

  /** Meets all others and hands a megabyte around a few times: seconds a round. */
  private static double passOn(BarrierTaskContext context, String name) {
    try (Exchange exchange = SparkExchange.meet(context, name, TIMEOUT_SECONDS)) {
      int workers = exchange.workers();
      if (workers == 1) {
        return 0;
      }
      int next = (exchange.rank() + 1) % workers;
      int before = (exchange.rank() + workers - 1) % workers;
      ByteBuffer sent = ByteBuffer.allocateDirect(MESSAGE_BYTES);
      ByteBuffer received = ByteBuffer.allocateDirect(MESSAGE_BYTES);
      long start = 0;
      for (int round = 0; round <= ROUNDS; round++) {
        if (round == 1) {
          start = System.nanoTime(); // the first one opens connections
        }
        Transfer arrival = exchange.receive(before, round, "doctor", received);
        exchange.push(next, round, "doctor", sent).await();
        arrival.await();
        exchange.barrier(round);
      }
      return (System.nanoTime() - start) / 1e9 / ROUNDS;
    }
  }
}
