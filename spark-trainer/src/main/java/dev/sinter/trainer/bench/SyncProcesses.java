package dev.sinter.trainer.bench;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a {@link SyncProcess}, with a folder that passes for a Spark installation. */
final class SyncProcesses {
  private static final long START_SECONDS = 300;
  private static final long SECONDS_PER_ROUND = 10;

  private SyncProcesses() {}

  /**
   * Measures on a cluster of processes on this machine and waits for it.
   *
   * @throws SinterException {@code BENCH_PROCESS_FAILED}, {@code BENCH_PROCESS_TIMEOUT}, or what
   *     the workers reported
   */
  static List<SyncMeasurement> measure(SyncCase sync) {
    Process process = null;
    Path folder = null;
    try {
      folder = Files.createTempDirectory("sinter-bench-");
      Path output = folder.resolve("output.json");
      Path errors = folder.resolve("errors.log");
      process = start(sync, folder, output, errors);
      long patience = START_SECONDS + SECONDS_PER_ROUND * sync.rounds();
      if (!process.waitFor(patience, TimeUnit.SECONDS)) {
        throw new SinterException(
            ErrorCategory.RESOURCES,
            "BENCH_PROCESS_TIMEOUT",
            describe(sync) + " did not end within " + patience + " s",
            "Choose fewer --workers, --floats or --rounds.");
      }
      return answer(sync, Files.readString(output), errors);
    } catch (IOException e) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "BENCH_PROCESS_FAILED",
          describe(sync) + " could not be started: " + e.getMessage(),
          "Check that another process of java can be started, and that the temporary folder has"
              + " space.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + describe(sync) + " was measured", e);
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
      delete(folder);
    }
  }

  private static Process start(SyncCase sync, Path folder, Path output, Path errors)
      throws IOException {
    // Spark's workers look for an installation, though executors get our class path.
    Files.createDirectories(folder.resolve("jars"));
    Files.writeString(folder.resolve("RELEASE"), "Spark\n");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-Xm") && !option.startsWith("-agentlib"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx1g",
            "-cp",
            System.getProperty("java.class.path"),
            SyncProcess.class.getName(),
            SyncProcess.JSON.writeValueAsString(sync)));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().put("SPARK_HOME", folder.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().putIfAbsent("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.start();
  }

  private static List<SyncMeasurement> answer(SyncCase sync, String output, Path errors)
      throws IOException {
    String line = output.lines().reduce("", (earlier, later) -> later);
    if (!line.startsWith("{")) {
      List<String> lines = Files.readAllLines(errors);
      String message =
          lines.stream()
              .filter(each -> each.contains("Error") || each.contains("Exception"))
              .findFirst()
              .orElse(lines.isEmpty() ? "no message" : lines.get(lines.size() - 1));
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "BENCH_PROCESS_FAILED",
          describe(sync) + " gave no answer: " + message.strip(),
          "With little memory, choose fewer --workers or --floats: every worker needs about five"
              + " times the vector.");
    }
    SyncProcess.Answer answer = SyncProcess.JSON.readValue(line, SyncProcess.Answer.class);
    if (answer.failure() != null) {
      StepProcess.Failure failure = answer.failure();
      throw new SinterException(
          ErrorCategory.valueOf(failure.category()),
          failure.code(),
          failure.problem(),
          failure.remedy());
    }
    return answer.measurements();
  }

  private static String describe(SyncCase sync) {
    return "the cluster of " + sync.workers() + " workers";
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
      folder.toFile().deleteOnExit(); // an executor may still write there
    }
  }
}
