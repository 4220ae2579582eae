package dev.sinter.trainer.tracking;

import static dev.sinter.trainer.tracking.TrackedEpochs.TIME;
import static dev.sinter.trainer.tracking.TrackedEpochs.epoch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.tracking.MlflowServerStandIn.StoredRun;
import dev.sinter.trainer.tracking.RunTracker.Beginning;
import dev.sinter.trainer.tracking.RunTracker.Ending;
import dev.sinter.trainer.tracking.RunTracker.EpochPoint;
import dev.sinter.trainer.tracking.RunTracker.Status;
import dev.sinter.trainer.tracking.RunTracker.StepPoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MlflowTrackerTest {
  @TempDir Path folder;

  private MlflowServerStandIn server;

  @BeforeEach
  void start() throws Exception {
    server = new MlflowServerStandIn();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RunDirectory directory() {
    return RunDirectory.open(folder.toString(), new Configuration());
  }

  private MlflowTracker open() {
    return open(Map.of());
  }

  private MlflowTracker open(Map<String, String> environment) {
    MlflowServer at = MlflowServer.of(Optional.of(server.uri()), environment).orElseThrow();
    return new MlflowTracker(at, "kidneys", directory(), TrackedEpochs.facts());
  }

  private static void train(RunTracker tracker, int firstEpoch, int lastEpoch) throws IOException {
    for (int epoch = firstEpoch; epoch <= lastEpoch; epoch++) {
      for (long step = epoch * 4L - 3; step <= epoch * 4L; step++) {
        tracker.step(new StepPoint(TIME, step, 1.0 / step));
      }
      tracker.epoch(new EpochPoint(TIME, 4, epoch(epoch, 0)));
    }
  }

  @Test
  void tellsTheServerOfARun() throws Exception {
    try (MlflowTracker tracker = open()) {
      tracker.begin(new Beginning(TIME, 0, 4, List.of()));
      train(tracker, 1, 2);
      tracker.end(new Ending(TIME, Status.FINISHED, Map.of("best-checkpoint", "hdfs://a/b")));
    }
    assertThat(server.experiments()).containsExactly("Default", "kidneys");
    StoredRun run = server.runs().get(0);
    assertThat(run.experiment).isEqualTo("kidneys");
    assertThat(run.status).isEqualTo("FINISHED");
    assertThat(run.params).containsEntry("optimizer.learning-rate", "0.125").hasSize(4);
    assertThat(run.tags)
        .containsEntry("mlflow.runName", "first")
        .containsEntry("sinter.dataset.fingerprint", "f00d")
        .containsEntry("sinter.best-checkpoint", "hdfs://a/b");
    assertThat(run.metrics.get("train/loss")).isEqualTo(new TreeMap<>(Map.of(4L, 1.0, 8L, 0.5)));
    assertThat(run.metrics.get("train/step-loss")).hasSize(8).containsEntry(2L, 0.5);
    assertThat(run.metrics.get("worker-1/wait-seconds")).containsEntry(8L, 2.0);
  }

  /** A driver that is killed after epoch 2; another one goes on from the checkpoint of epoch 2. */
  @Test
  void aDriverThatGoesOnKeepsTheRunAndRepeatsNothing() throws Exception {
    MlflowTracker killed = open();
    killed.begin(new Beginning(TIME, 0, 4, List.of()));
    train(killed, 1, 1);
    killed.step(new StepPoint(TIME, 5, 7));
    // Its epoch 2 got no further than the checkpoint.
    try (MlflowTracker next = open()) {
      next.begin(new Beginning(TIME, 8, 4, List.of(epoch(1, 0), epoch(2, 0))));
      train(next, 3, 3);
    }
    assertThat(server.runs()).hasSize(1);
    StoredRun run = server.runs().get(0);
    assertThat(run.metrics.get("train/loss")).containsOnlyKeys(4L, 8L, 12L);
    assertThat(run.metrics.get("train/step-loss"))
        .containsOnlyKeys(1L, 2L, 3L, 4L, 9L, 10L, 11L, 12L);
  }

  @Test
  void sendsLaterWhatAServerThatWasDownDidNotTake() throws Exception {
    List<String> warnings = new ArrayList<>();
    MlflowTracker tracker = open();
    try (TrackerThread thread =
        new TrackerThread(tracker, failure -> warnings.add(failure.code()), 10_000)) {
      server.refuse(true);
      thread.tell(told -> told.begin(new Beginning(TIME, 0, 4, List.of())));
      thread.tell(told -> train(told, 1, 2));
    } catch (SinterException e) {
      throw new AssertionError(e);
    }
    assertThat(warnings).containsExactly("MLFLOW_NOT_REACHED");
    server.refuse(false);
    try (MlflowTracker again = open()) {
      again.begin(new Beginning(TIME, 8, 4, List.of(epoch(1, 0), epoch(2, 0))));
    }
    assertThat(server.runs().get(0).metrics.get("train/loss")).containsOnlyKeys(4L, 8L);
  }

  /** Of the server that was down for one epoch, in the same driver. */
  @Test
  void keepsAnEpochForTheNextOne() throws Exception {
    try (MlflowTracker tracker = open()) {
      tracker.begin(new Beginning(TIME, 0, 4, List.of()));
      server.refuse(true);
      assertThatThrownBy(() -> train(tracker, 1, 1)).hasMessageContaining("400");
      server.refuse(false);
      train(tracker, 2, 2);
    }
    assertThat(server.runs().get(0).metrics.get("train/loss")).containsOnlyKeys(4L, 8L);
  }

  @Test
  void addsTheReportAndAReferenceToTheCheckpoint() throws Exception {
    try (MlflowTracker tracker = open()) {
      tracker.begin(new Beginning(TIME, 0, 4, List.of()));
    }
    Path report = Files.writeString(folder.resolve("report.html"), "<html>all of it</html>");
    Files.createDirectories(folder.resolve("checkpoints/step-0000000008"));
    try (MlflowTracker tracker = open()) {
      tracker.report(
          TIME,
          Map.of("accuracy", 0.875, "auroc", Double.NaN),
          new org.apache.hadoop.fs.Path(report.toUri()));
    }
    StoredRun run = server.runs().get(0);
    assertThat(run.metrics.get("test/accuracy")).containsEntry(8L, 0.875);
    assertThat(run.metrics).doesNotContainKey("test/auroc");
    assertThat(new String(run.artifacts.get("report.html"), StandardCharsets.UTF_8))
        .isEqualTo("<html>all of it</html>");
    assertThat(new String(run.artifacts.get("checkpoint.json"), StandardCharsets.UTF_8))
        .contains("checkpoints/step-0000000008");
  }

  /** The server's own disk cannot be written to from here. */
  @Test
  void namesTheReportWhereItCannotBePut() throws Exception {
    server.keepArtifactsAt("/var/mlflow/");
    try (MlflowTracker tracker = open()) {
      tracker.begin(new Beginning(TIME, 0, 4, List.of()));
    }
    Files.createDirectories(folder.resolve("checkpoints/step-0000000008"));
    try (MlflowTracker tracker = open()) {
      tracker.report(TIME, Map.of(), new org.apache.hadoop.fs.Path("hdfs://a/report.html"));
    }
    assertThat(server.runs().get(0).artifacts).isEmpty();
    assertThat(server.runs().get(0).tags).containsEntry("sinter.report", "hdfs://a/report.html");
  }

  @Test
  void credentialsComeFromTheEnvironmentAndAreNeverShown() throws Exception {
    String withPassword = server.uri().replace("http://", "http://me:hunter2@");
    MlflowServer fromUri =
        MlflowServer.of(Optional.empty(), Map.of("MLFLOW_TRACKING_URI", withPassword))
            .orElseThrow();
    assertThat(fromUri.toString()).isEqualTo(server.uri());
    try (MlflowTracker tracker =
        new MlflowTracker(fromUri, "kidneys", directory(), TrackedEpochs.facts())) {
      tracker.begin(new Beginning(TIME, 0, 4, List.of()));
      assertThat(tracker.warning(new IllegalStateException("at " + withPassword)).getMessage())
          .doesNotContain("hunter2");
    }
    String basic =
        "Basic "
            + Base64.getEncoder().encodeToString("me:hunter2".getBytes(StandardCharsets.UTF_8));
    assertThat(server.authorizations()).isNotEmpty().allMatch(basic::equals);
    assertThat(Files.readString(folder.resolve("mlflow.json"))).doesNotContain("hunter2");

    MlflowServer token =
        MlflowServer.of(Optional.of(server.uri()), Map.of("MLFLOW_TRACKING_TOKEN", "abc"))
            .orElseThrow();
    assertThat(token.authorization()).contains("Bearer abc");
    assertThat(MlflowServer.of(Optional.empty(), Map.of())).isEmpty();
    assertThatThrownBy(
            () ->
                MlflowServer.of(
                    Optional.empty(), Map.of("MLFLOW_TRACKING_URI", "ftp://me:hunter2@x")))
        .hasMessageNotContaining("hunter2")
        .hasMessageContaining("MLFLOW_TRACKING_URI");
  }
}
