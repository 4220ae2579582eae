package dev.sinter.trainer.training;

import dev.sinter.trainer.engine.Engine;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The threads of a worker that compute lanes at the same time, each with a replica of its own over
 * the shared parameters.
 */
public final class LaneSlots implements AutoCloseable {
  /** Work on one slot. */
  @FunctionalInterface
  public interface SlotWork {
    /** Works with the slot's replica, on the slot's thread. */
    void run(int slot, Replica replica) throws Exception;
  }

  private final List<ExecutorService> executors = new ArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final List<Replica> replicas = new ArrayList<>();

  /** Starts {@code slots} threads, each with its replica. */
  public LaneSlots(int slots, Engine engine, Network network, FlatVector parameters) {
    try {
      for (int slot = 0; slot < slots; slot++) {
        executors.add(Executors.newSingleThreadExecutor(this::newThread));
        // On its own thread: libtorch keeps thread counts and gradient modes per thread.
        replicas.add(
            join(executors.get(slot).submit(() -> engine.createReplica(network, parameters))));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Thread newThread(Runnable work) {
    Thread thread = new Thread(work, "sinter-lane-slot-" + threads.size());
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  }

  /** Number of slots. */
  public int count() {
    return executors.size();
  }

  /**
   * Runs the work on every slot at the same time and waits for all; the first failure is rethrown.
   *
   * <p>Waits even when interrupted: native code must not lose the memory that it works on. The
   * slots are interrupted instead, which ends their waits.
   */
  public void runOnAll(SlotWork work) {
    List<Future<?>> running = new ArrayList<>();
    for (int slot = 0; slot < executors.size(); slot++) {
      int index = slot;
      running.add(
          executors
              .get(slot)
              .submit(
                  () -> {
                    work.run(index, replicas.get(index));
                    return null;
                  }));
    }
    RuntimeException failure = null;
    for (Future<?> future : running) {
      try {
        join(future);
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new IllegalStateException("interrupted while lanes were computed");
    }
  }

  private <T> T join(Future<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
          threads.forEach(Thread::interrupt);
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    for (int slot = 0; slot < replicas.size(); slot++) {
      Replica replica = replicas.get(slot);
      try {
        join(executors.get(slot).submit(replica::close));
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    executors.forEach(ExecutorService::shutdown);
    if (failure != null) {
      throw failure;
    }
  }
}
