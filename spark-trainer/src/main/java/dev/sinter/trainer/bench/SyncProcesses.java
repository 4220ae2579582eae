package dev.sinter.trainer.bench;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.NativeEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
    MeasuringProcess process =
        new MeasuringProcess(
            "the cluster of " + sync.workers() + " workers",
            SyncProcess.class,
            sync,
            List.of("-Xmx" + (sync.method() == SyncCase.Method.DL4J_AVERAGING ? "4g" : "1g")),
            START_SECONDS + SECONDS_PER_ROUND * sync.rounds(),
            "Choose fewer --workers, --floats or --rounds: every worker needs about five times the"
                + " vector.");
    SyncMeasurement[] measured =
        process.run(SyncMeasurement[].class, SyncProcesses::installSpark, running -> {});
    return List.of(measured);
  }

  /** Spark's workers look for an installation, though executors get our class path. */
  private static void installSpark(ProcessBuilder builder) throws IOException {
    Path folder = builder.directory().toPath();
    Files.createDirectories(folder.resolve("jars"));
    Files.writeString(folder.resolve("RELEASE"), "Spark\n");
    builder.environment().put("SPARK_HOME", folder.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().putIfAbsent("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().putAll(NativeEnvironment.VARIABLES);
  }
}
