package dev.sinter.trainer.bench;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.ModelRegistry;
import dev.sinter.trainer.engine.NativeEnvironment;
import dev.sinter.trainer.engine.Network;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@link StepProcess}es: this JVM's java, class path and options, one explicit heap. */
final class StepProcesses {
  /**
   * The same for every engine: an executor's default, and a small young generation. Otherwise the
   * garbage that the collector leaves lying, up to a third of the heap, would decide how much
   * memory a step seems to take.
   */
  private static final List<String> HEAP = List.of("-Xmx1g", "-Xmn64m");

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
    Process process = null;
    Path output = null;
    Path errors = null;
    try {
      output = Files.createTempFile("sinter-bench-", ".json");
      errors = Files.createTempFile("sinter-bench-", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command(step))
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile());
      builder.environment().put("OMP_NUM_THREADS", String.valueOf(step.threads()));
      if (step.engine().isSinter()) {
        builder.environment().putAll(NativeEnvironment.VARIABLES);
      } else {
        // As in any process: what ./sinter and Sinter's executors set is part of Sinter.
        builder.environment().keySet().removeAll(NativeEnvironment.VARIABLES.keySet());
      }
      process = builder.start();
      if (step.engine().isSinter()) {
        sendNetwork(step, process);
      }
      long patience = START_SECONDS + (long) (TIMES_AS_LONG * step.seconds());
      if (!process.waitFor(patience, TimeUnit.SECONDS)) {
        throw new SinterException(
            ErrorCategory.RESOURCES,
            "BENCH_PROCESS_TIMEOUT",
            describe(step) + " did not end within " + patience + " s",
            "Choose a smaller --micro-batch-size, --size or --steps, or leave this engine out.");
      }
      if (process.exitValue() != 0) {
        throw failed(step, "ended with exit code " + process.exitValue(), errors);
      }
      return measurement(step, Files.readString(output), errors);
    } catch (IOException e) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "BENCH_PROCESS_FAILED",
          describe(step) + " could not be started: " + e.getMessage(),
          "Check that another process of java can be started, and that the temporary folder has"
              + " space.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + describe(step) + " was measured", e);
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
      delete(output);
      delete(errors);
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

  private static List<String> command(StepCase step) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-Xm") && !option.startsWith("-agentlib"))
        .forEach(command::add);
    command.addAll(HEAP);
    command.addAll(
        List.of(
            "-Dorg.bytedeco.javacpp.maxbytes=0",
            "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
            "-cp",
            System.getProperty("java.class.path"),
            StepProcess.class.getName(),
            StepProcess.JSON.writeValueAsString(step)));
    return command;
  }

  private static StepMeasurement measurement(StepCase step, String output, Path errors)
      throws IOException {
    String line = output.lines().reduce("", (earlier, later) -> later);
    if (!line.startsWith("{")) {
      throw failed(step, "gave no answer", errors);
    }
    StepProcess.Answer answer = StepProcess.JSON.readValue(line, StepProcess.Answer.class);
    if (answer.failure() != null) {
      StepProcess.Failure failure = answer.failure();
      throw new SinterException(
          ErrorCategory.valueOf(failure.category()),
          failure.code(),
          failure.problem(),
          failure.remedy());
    }
    return answer.measurement();
  }

  private static SinterException failed(StepCase step, String how, Path errors) throws IOException {
    List<String> lines =
        Files.readString(errors, StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isBlank())
            .toList();
    String last =
        lines.stream()
            .filter(line -> line.contains("Error") || line.contains("Exception"))
            .findFirst()
            .orElse(lines.isEmpty() ? "no message" : lines.get(lines.size() - 1));
    return new SinterException(
        ErrorCategory.RESOURCES,
        "BENCH_PROCESS_FAILED",
        describe(step) + " " + how + ": " + last.strip(),
        "An exit code of 137, or a failed allocation, means too little memory: choose a smaller"
            + " --micro-batch-size or --size.");
  }

  private static String describe(StepCase step) {
    return String.format(
        "the process for %s with %s in %s",
        step.model(), step.engine().key(), step.precision().key());
  }

  private static void delete(Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        file.toFile().deleteOnExit();
      }
    }
  }
}
