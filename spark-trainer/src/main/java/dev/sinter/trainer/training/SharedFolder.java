package dev.sinter.trainer.training;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.RunConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder of a run, as a worker sees it before it begins or goes on. */
final class SharedFolder {
  private static final Logger LOG = LoggerFactory.getLogger(SharedFolder.class);
  private static final long OUTAGE_PAUSE_MILLIS = 500;

  private final TrainingPlan plan;
  private final RunConfig run;
  private final RunDirectory directory;
  private final int rank;
  private final int stageAttempt;

  SharedFolder(
      TrainingPlan plan, RunConfig run, RunDirectory directory, int rank, int stageAttempt) {
    this.plan = plan;
    this.run = run;
    this.directory = directory;
    this.rank = rank;
    this.stageAttempt = stageAttempt;
  }

  /**
   * Sees that this worker writes to the folder in which the driver has begun the run.
   *
   * @throws SinterException {@code RUN_FOLDER_NOT_SHARED}
   */
  void require() {
    if (stageAttempt > 0 || !plan.rollBacks().isEmpty()) {
      awaitFileSystem();
      return; // was seen; the file may have been edited for a later run
    }
    String seen = "";
    try {
      seen =
          AtomicFiles.readText(
              directory.fileSystem(), directory.resolve(RunDirectory.CONFIGURATION));
    } catch (SinterException e) {
      if (!e.code().equals("PATH_NOT_FOUND")) {
        throw e;
      }
    }
    if (!seen.equals(plan.configurationYaml())) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "RUN_FOLDER_NOT_SHARED",
          "worker "
              + rank
              + " on "
              + Hosts.name()
              + " does not see the "
              + RunDirectory.CONFIGURATION
              + " that the driver has just written to "
              + directory,
          "set train.output to a file system that the driver and all executors share, such as hdfs://");
    }
  }

  /**
   * Waits while the file system is away. An outage may be what ended the attempt before: without a
   * wait, all attempts would be used up within a second. What still fails after it is reported by
   * whoever needs the files.
   */
  void awaitFileSystem() {
    long end = System.nanoTime() + Duration.ofSeconds(run.cluster().timeoutSeconds()).toNanos();
    Path probe = directory.resolve(".probe-" + UUID.randomUUID());
    boolean told = false;
    try {
      while (System.nanoTime() < end) {
        try {
          // Reading a folder works while the name node is still in safe mode.
          directory.fileSystem().create(probe).close();
          directory.fileSystem().delete(probe, false);
          return;
        } catch (IOException e) {
          if (!told) {
            LOG.warn("waiting for the file system of {}: {}", directory, e.getMessage());
          }
          told = true;
        }
        Thread.sleep(OUTAGE_PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
