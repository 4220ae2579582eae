package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.Engine;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.Replica;
import java.nio.FloatBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LaneSlotsTest {
  private final AtomicInteger closed = new AtomicInteger();

  private final class EmptyReplica implements Replica {
    @Override
    public float computeGradient(Batch batch, long dropoutSeed, FlatVector gradient) {
      return 0;
    }

    @Override
    public void predict(Batch batch, FloatBuffer probabilities) {
      // nothing to predict
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private final class EmptyEngine implements Engine {
    @Override
    public String name() {
      return "empty";
    }

    @Override
    public Replica createReplica(Network network, FlatVector parameters) {
      return new EmptyReplica();
    }
  }

  @Test
  void runsOnEverySlotAndRethrowsTheFirstFailure() {
    try (LaneSlots slots = new LaneSlots(3, new EmptyEngine(), null, null)) {
      AtomicInteger ran = new AtomicInteger();
      slots.runOnAll((slot, replica) -> ran.addAndGet(1 << slot));
      assertThat(ran).hasValue(7);
      assertThatThrownBy(
              () ->
                  slots.runOnAll(
                      (slot, replica) -> {
                        throw new IllegalArgumentException("slot " + slot);
                      }))
          .hasMessage("slot 0");
    }
    assertThat(closed).hasValue(3);
  }

  /** Else the caller frees memory that a lane still computes in, which ends the process. */
  @Test
  void anInterruptedCallerWaitsForItsLanes() throws Exception {
    CountDownLatch computing = new CountDownLatch(2);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger finished = new AtomicInteger();
    ExecutorService caller = Executors.newSingleThreadExecutor();
    try {
      Future<String> result =
          caller.submit(
              () -> {
                Thread.currentThread().interrupt();
                try (LaneSlots slots = new LaneSlots(2, new EmptyEngine(), null, null)) {
                  slots.runOnAll(
                      (slot, replica) -> {
                        computing.countDown();
                        while (release.getCount() > 0) {
                          Thread.onSpinWait(); // like native code, not interruptible
                        }
                        finished.incrementAndGet();
                      });
                  return "went on";
                } catch (IllegalStateException e) {
                  return e.getMessage() + ", finished " + finished + ", closed " + closed;
                }
              });
      assertThat(computing.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(result).isNotDone();
      release.countDown();
      assertThat(result.get(20, TimeUnit.SECONDS))
          .isEqualTo("interrupted while lanes were computed, finished 2, closed 2");
    } finally {
      caller.shutdownNow();
    }
  }
}
