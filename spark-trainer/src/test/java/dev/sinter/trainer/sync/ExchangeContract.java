package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.error.SinterException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every exchange does, on two workers. */
abstract class ExchangeContract {
  private static final int BYTES = 300_000;

  /** Runs a body on two workers and gives what it returned, by rank. */
  abstract List<? extends Serializable> onTwoWorkers(double timeoutSeconds, WorkerBody body)
      throws Exception;

  @Test
  void deliversIntoBuffersPostedBeforeAndAfter() throws Exception {
    assertThat(
            onTwoWorkers(
                20,
                exchange -> {
                  int peer = 1 - exchange.rank();
                  ByteBuffer early = ByteBuffer.allocateDirect(BYTES);
                  ByteBuffer late = ByteBuffer.allocateDirect(BYTES);
                  Transfer posted = exchange.receive(peer, 1, "early", early);
                  exchange.barrier(0);
                  exchange.push(peer, 1, "early", filled(exchange.rank())).await();
                  exchange.push(peer, 1, "late", filled(exchange.rank() + 10)).await();
                  exchange.receive(peer, 1, "late", late).await();
                  posted.await();
                  exchange.barrier(2);
                  return early.get(0) + " " + early.get(BYTES - 1) + " " + late.get(BYTES - 1);
                }))
        .isEqualTo(List.of("1 1 11", "0 0 10"));
  }

  @Test
  void keepsStepsApart() throws Exception {
    assertThat(
            onTwoWorkers(
                20,
                exchange -> {
                  int peer = 1 - exchange.rank();
                  StringBuilder seen = new StringBuilder();
                  for (int step = 3; step >= 1; step--) {
                    exchange.push(peer, step, "value", filled(step)).await();
                  }
                  for (int step = 1; step <= 3; step++) {
                    ByteBuffer target = ByteBuffer.allocateDirect(BYTES);
                    exchange.receive(peer, step, "value", target).await();
                    seen.append(target.get(7));
                  }
                  exchange.barrier(4);
                  return seen.toString() + " " + exchange.bytesSent();
                }))
        .isEqualTo(List.of("123 " + 3 * BYTES, "123 " + 3 * BYTES));
  }

  @Test
  void timesOutNamingWhatIsMissing() throws Exception {
    List<? extends Serializable> results =
        onTwoWorkers(
            1,
            exchange -> {
              long started = System.nanoTime();
              String failure = failureOf(() -> await(exchange, 1 - exchange.rank(), 5, "never"));
              double seconds = (System.nanoTime() - started) / 1e9;
              // Who is first stays, or the other would see it leave.
              exchange.barrier(6);
              return failure + (seconds < 5 ? ", in time" : ", late");
            });
    assertThat(results.get(0).toString())
        .startsWith("EXCHANGE_TIMEOUT: waited 1.0 s for 'never' of step 5 from worker 1")
        .endsWith("in time");
  }

  @Test
  void waitsLongerAtABarrierThatSaysSo() throws Exception {
    assertThat(
            onTwoWorkers(
                1,
                exchange -> {
                  if (exchange.rank() == 1) { // comes two deadlines late
                    failureOf(() -> await(exchange, 0, 5, "never"));
                    failureOf(() -> await(exchange, 0, 6, "never"));
                  }
                  exchange.barrier(7, "slow", 30);
                  return "met";
                }))
        .isEqualTo(List.of("met", "met"));
  }

  @Test
  void failsAtOnceWhenAPeerLeaves() throws Exception {
    List<? extends Serializable> results =
        onTwoWorkers(
            50,
            exchange -> {
              exchange.barrier(1);
              if (exchange.rank() == 1) {
                return "left";
              }
              long started = System.nanoTime();
              String failure = failureOf(() -> await(exchange, 1, 2, "never"));
              return failure + ((System.nanoTime() - started) / 1e9 < 10 ? ", at once" : ", late");
            });
    assertThat(results.get(0).toString())
        .startsWith("PEER_LOST: worker 1 left")
        .endsWith("at once");
  }

  private static void await(Exchange exchange, int peer, long step, String tag) {
    exchange.receive(peer, step, tag, ByteBuffer.allocateDirect(8)).await();
  }

  private static String failureOf(Runnable action) {
    try {
      action.run();
      return "nothing";
    } catch (SinterException e) {
      return e.code() + ": " + e.getMessage();
    }
  }

  private static ByteBuffer filled(int value) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
    while (buffer.hasRemaining()) {
      buffer.put((byte) value);
    }
    return buffer.flip();
  }
}
