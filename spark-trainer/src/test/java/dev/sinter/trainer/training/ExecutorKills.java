package dev.sinter.trainer.training;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Ends executor processes of this JVM's cluster with SIGKILL: one, drawn at random, at the first
 * word of each of some steps.
 */
final class ExecutorKills implements TrainingListener {
  private static final String EXECUTOR = "CoarseGrainedExecutorBackend";

  private final Deque<Long> steps;
  private final Random random;
  private final List<String> killed = Collections.synchronizedList(new ArrayList<>());
  private final List<String> restarts = Collections.synchronizedList(new ArrayList<>());

  ExecutorKills(Collection<Long> steps, Random random) {
    this.steps = new ArrayDeque<>(steps);
    this.random = random;
  }

  /** What was killed, in words. */
  List<String> killed() {
    return List.copyOf(killed);
  }

  /** Codes of what led to each restart. */
  List<String> restarts() {
    return List.copyOf(restarts);
  }

  /** The executors of a {@code local-cluster} master: its workers live in this JVM. */
  static List<ProcessHandle> executors() {
    return ProcessHandle.current()
        .descendants()
        .filter(ExecutorKills::isExecutor)
        .sorted()
        .toList();
  }

  private static boolean isExecutor(ProcessHandle process) {
    try {
      // Not of ProcessHandle: that gives up on a command longer than a page.
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
          .contains(EXECUTOR);
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  @Override
  public void onStart(long step, long totalSteps) {
    // steps count
  }

  @Override
  public void onRestart(int attempt, SinterException failure) {
    restarts.add(failure.code());
  }

  @Override
  public void onStep(long step, double meanLoss) {
    killAt(step);
  }

  @Override
  public void onEpoch(EpochRecord epoch, int epochs, boolean best) {
    // its steps were told
  }

  private void killAt(long step) {
    if (steps.isEmpty() || step < steps.peek()) {
      return;
    }
    List<ProcessHandle> executors = executors();
    if (!executors.isEmpty()) {
      ProcessHandle victim = executors.get(random.nextInt(executors.size()));
      killed.add(
          "process " + victim.pid() + " in step " + step + " (drawn: " + steps.remove() + ")");
      victim.destroyForcibly(); // SIGKILL
    }
  }
}
