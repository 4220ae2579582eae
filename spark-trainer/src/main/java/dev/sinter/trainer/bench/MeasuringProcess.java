package dev.sinter.trainer.bench;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A process that makes one measurement, with this JVM's java, class path and options.
 *
 * @param name for messages
 * @param main its main class, which calls {@link MeasuringChild#run}
 * @param measured the case, which can be written as JSON
 * @param options of the JVM
 * @param patienceSeconds after which it is given up
 * @param remedy what to choose if there is too little time or memory
 */
record MeasuringProcess(
    String name,
    Class<?> main,
    Object measured,
    List<String> options,
    long patienceSeconds,
    String remedy) {
  private static final int ENOUGH_CHARACTERS = 300;

  /** Something to do with the process or before it starts. */
  @FunctionalInterface
  interface Step<T> {
    /** Does it. */
    void with(T subject) throws IOException;
  }

  /**
   * Starts it and waits for its answer.
   *
   * @param starting sees the process before it starts; its folder is there, empty and its own
   * @param started sees it running
   * @throws SinterException {@code BENCH_PROCESS_FAILED}, {@code BENCH_PROCESS_TIMEOUT}, or what
   *     the process reported
   */
  <A> A run(Class<A> type, Step<ProcessBuilder> starting, Step<Process> started) {
    Path folder = null;
    Process process = null;
    try {
      folder = Files.createTempDirectory("sinter-bench-");
      Path output = folder.resolve("output.json");
      Path errors = folder.resolve("errors.log");
      ProcessBuilder builder =
          new ProcessBuilder(command())
              .directory(folder.toFile())
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile());
      starting.with(builder);
      process = builder.start();
      started.with(process);
      if (!process.waitFor(patienceSeconds, TimeUnit.SECONDS)) {
        throw new SinterException(
            ErrorCategory.RESOURCES,
            "BENCH_PROCESS_TIMEOUT",
            name + " did not end within " + patienceSeconds + " s",
            remedy);
      }
      return answer(type, process.exitValue(), Files.readString(output), errors);
    } catch (IOException e) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "BENCH_PROCESS_FAILED",
          name + " could not be started: " + e.getMessage(),
          "Check that another process of java can be started, and that the temporary folder has"
              + " space.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + name + " measured", e);
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
      delete(folder);
    }
  }

  private List<String> command() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-Xm") && !option.startsWith("-agentlib"))
        .forEach(command::add);
    command.addAll(options);
    command.addAll(
        List.of(
            "-cp", classPath(), main.getName(), MeasuringChild.JSON.writeValueAsString(measured)));
    return command;
  }

  /** That of this process, for one in another folder. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private <A> A answer(Class<A> type, int exit, String output, Path errors) throws IOException {
    String line = output.lines().reduce("", (earlier, later) -> later);
    if (exit != 0 || !line.startsWith("{")) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "BENCH_PROCESS_FAILED",
          String.format("%s ended with exit code %d: %s", name, exit, complaint(errors)),
          "An exit code of 137, or a failed allocation, means too little memory. " + remedy);
    }
    MeasuringChild.Answer answer = MeasuringChild.JSON.readValue(line, MeasuringChild.Answer.class);
    MeasuringChild.Failure failure = answer.failure();
    if (failure != null) {
      throw new SinterException(
          ErrorCategory.valueOf(failure.category()),
          failure.code(),
          failure.problem(),
          failure.remedy());
    }
    return MeasuringChild.JSON.treeToValue(answer.measurement(), type);
  }

  private static String complaint(Path errors) throws IOException {
    List<String> lines =
        Files.readAllLines(errors).stream().filter(line -> !line.isBlank()).toList();
    String line =
        lines.stream()
            .filter(each -> each.contains("Error") || each.contains("Exception"))
            .findFirst()
            .orElse(lines.isEmpty() ? "no message" : lines.get(lines.size() - 1))
            .strip();
    return line.substring(0, Math.min(line.length(), ENOUGH_CHARACTERS));
  }

  private static void delete(Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      folder.toFile().deleteOnExit(); // a child of the process may still write there
    }
  }
}
