package dev.sinter.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.registry.RegistryDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FolderLeaseTest {
  private static final FolderLease.Times FAST =
      new FolderLease.Times(Duration.ofMillis(100), Duration.ofSeconds(2));

  /** A driver that never renews, as long as a test lasts. */
  private static final FolderLease.Times SILENT =
      new FolderLease.Times(Duration.ofHours(1), Duration.ofHours(2));

  @TempDir Path folder;
  private final List<String> waited = new ArrayList<>();
  private RunDirectory directory;

  @BeforeEach
  void open() {
    directory = RunDirectory.open(folder.toString(), new Configuration());
  }

  private FolderLease take(LeaseHolder holder, FolderLease.Times times) {
    return FolderLease.take(LeasedFolder.of(directory), holder, times, waited::add);
  }

  private static LeaseHolder elsewhere(String id) {
    return new LeaseHolder(id, "far.example", "another machine", 7, "", 0);
  }

  private SinterException refused(LeaseHolder holder) {
    return catchThrowableOfType(SinterException.class, () -> take(holder, FAST).close());
  }

  @Test
  void aSecondDriverOfThisMachineIsRefusedAtOnce() {
    try (FolderLease first = FolderLease.take(directory, waited::add)) {
      SinterException failure = refused(LeaseHolder.here("second"));
      assertThat(failure.code()).isEqualTo("RUN_IN_USE");
      assertThat(failure)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      assertThat(first.loss()).isEmpty();
    }
    assertThat(waited).isEmpty();
    take(LeaseHolder.here("third"), FAST).close();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aDriverElsewhereThatRenewsKeepsTheFolder() {
    try (FolderLease first = take(elsewhere("first"), FAST)) {
      SinterException failure = refused(LeaseHolder.here("second"));
      assertThat(failure.code()).isEqualTo("RUN_IN_USE");
      assertThat(failure).hasMessageContaining("process 7 on far.example");
      assertThat(waited).containsExactly("process 7 on far.example");
      assertThat(first.loss()).isEmpty();
    }
  }

  @Test
  void whoDiedOnThisMachineIsSucceededAtOnce() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    LeaseHolder here = LeaseHolder.here("dead");
    LeaseHolder killed =
        new LeaseHolder("dead", here.host(), here.machine(), dead.pid(), here.started(), 3);
    Files.writeString(folder.resolve(LeasedFolder.RUN_FILE), killed.toJson());
    take(LeaseHolder.here("second"), SILENT).close();
    assertThat(waited).isEmpty();
  }

  /** As when the file system was down at the end: the process of a notebook goes on. */
  @Test
  void whatThisProcessLeftBehindIsNoObstacle() throws Exception {
    Files.writeString(folder.resolve(LeasedFolder.RUN_FILE), LeaseHolder.here("left").toJson());
    take(LeaseHolder.here("second"), SILENT).close();
    assertThat(waited).isEmpty();
  }

  /** Its number may be another process's by now. */
  @Test
  void aProcessWithTheSameNumberIsNotTheHolder() {
    LeaseHolder here = LeaseHolder.here("dead");
    assertThat(here.life()).isEqualTo(LeaseHolder.Life.RUNS);
    assertThat(
            new LeaseHolder("a", "h", here.machine(), here.pid(), "2001-01-01T00:00:00Z", 0).life())
        .isEqualTo(LeaseHolder.Life.UNKNOWN);
    assertThat(elsewhere("b").life()).isEqualTo(LeaseHolder.Life.UNKNOWN);
  }

  @Test
  void whoIsSilentForTheLeaseIsSucceededAndTold() throws Exception {
    FolderLease first = take(elsewhere("silent"), SILENT);
    try (FolderLease second = take(LeaseHolder.here("second"), FAST)) {
      assertThat(waited).containsExactly("process 7 on far.example");
      assertThat(second.loss()).isEmpty();
    }
    first.close();
  }

  @Test
  void whoWasSucceededLearnsOfIt() throws Exception {
    FolderLease first = take(elsewhere("first"), FAST);
    Files.writeString(folder.resolve(LeasedFolder.RUN_FILE), elsewhere("other").toJson());
    Files.deleteIfExists(folder.resolve("." + LeasedFolder.RUN_FILE + ".crc"));
    CountDownLatch never = new CountDownLatch(1);
    while (first.loss().isEmpty()) {
      never.await(20, TimeUnit.MILLISECONDS);
    }
    assertThat(first.loss().get().code()).isEqualTo("RUN_TAKEN_OVER");
    first.close();
    assertThat(folder.resolve(LeasedFolder.RUN_FILE)).as("is the other's").exists();
  }

  @Test
  void anUnreadableLeaseIsOneThatMayBeRenewed() throws Exception {
    Files.writeString(folder.resolve(LeasedFolder.RUN_FILE), "{\"id\":");
    take(LeaseHolder.here("second"), FAST).close();
    assertThat(waited).hasSize(1);
  }

  /** A registry is leased like a run's folder, and says so in its own words. */
  @Test
  void aRegistryIsLeasedLikeARun() throws Exception {
    LeasedFolder registry =
        RegistryDirectory.open(folder.toString(), new Configuration()).leasedFolder();
    try (FolderLease first = FolderLease.take(registry, elsewhere("first"), FAST, waited::add)) {
      SinterException refused =
          catchThrowableOfType(
              SinterException.class,
              () ->
                  FolderLease.take(registry, LeaseHolder.here("second"), FAST, waited::add)
                      .close());
      assertThat(refused.code()).isEqualTo("REGISTRY_IN_USE");
      assertThat(refused).hasMessageContaining("process 7 on far.example");
      assertThat(first.loss()).isEmpty();
    }
    FolderLease silent = FolderLease.take(registry, elsewhere("silent"), SILENT, waited::add);
    try (FolderLease second =
        FolderLease.take(registry, LeaseHolder.here("second"), FAST, waited::add)) {
      assertThat(second.loss()).isEmpty();
      assertThat(folder.resolve("registry.lease")).content().contains("\"second\"");
    }
    silent.close();
    assertThat(folder).isEmptyDirectory();
  }
}
