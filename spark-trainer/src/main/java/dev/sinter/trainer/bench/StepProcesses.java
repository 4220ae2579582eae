package dev.sinter.trainer.bench;

import dev.sinter.error.SinterException;
import dev.sinter.model.ModelRegistry;
import dev.sinter.trainer.engine.NativeEnvironment;
import dev.sinter.trainer.engine.Network;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.List;

/** Runs {@link StepProcess}es: this JVM's java, class path and options, one explicit heap. */
final class StepProcesses {
  /**
   * The same for every engine: an executor's default, and a small young generation. Otherwise the
   * garbage that the collector leaves lying, up to a third of the heap, would decide how much
   * memory a step seems to take.
   */
  private static final List<String> OPTIONS =
      List.of(
          "-Xmx1g",
          "-Xmn64m",
          "-Dorg.bytedeco.javacpp.maxbytes=0",
          "-Dorg.bytedeco.javacpp.maxphysicalbytes=0");

  private static final long START_SECONDS = 600;
  private static final int TIMES_AS_LONG = 20;

  private StepProcesses() {}

  /**
   * Measures in a new process and waits for it.
   *
   * @throws SinterException {@code BENCH_PROCESS_FAILED}, {@code BENCH_PROCESS_TIMEOUT}, or what
   *     the process reported
   */
  static StepMeasurement measure(StepCase step) {
    return new MeasuringProcess(
            describe(step),
            StepProcess.class,
            step,
            OPTIONS,
            START_SECONDS + (long) (TIMES_AS_LONG * step.seconds()),
            "Choose a smaller --micro-batch-size, --size or --steps, or leave this engine out.")
        .run(
            StepMeasurement.class,
            builder -> setEnvironment(step, builder),
            process -> {
              if (step.engine().isSinter()) {
                sendNetwork(step, process);
              }
            });
  }

  private static void setEnvironment(StepCase step, ProcessBuilder builder) {
    builder.environment().put("OMP_NUM_THREADS", String.valueOf(step.threads()));
    if (step.engine().isSinter()) {
      builder.environment().putAll(NativeEnvironment.VARIABLES);
    } else {
      // As in any process: what ./sinter and Sinter's executors set is part of Sinter.
      builder.environment().keySet().removeAll(NativeEnvironment.VARIABLES.keySet());
    }
  }

  /** Leaves the stream open: its end tells the process that this one is gone. */
  private static void sendNetwork(StepCase step, Process process) {
    Network network = Network.of(step.spec(), ModelRegistry.configuration(step.spec()));
    try {
      ObjectOutputStream out = new ObjectOutputStream(process.getOutputStream());
      out.writeObject(network);
      out.flush();
    } catch (IOException e) {
      // The process ended before it read everything; its exit code and messages say why.
    }
  }

  private static String describe(StepCase step) {
    return String.format(
        "the process for %s with %s in %s",
        step.model(), step.engine().key(), step.precision().key());
  }
}
