package dev.sinter.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.FullFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All checkpoints have a history in which the second epoch, of step 6, is the best. */
class CheckpointSourceTest {
  @TempDir Path folder;
  private RunDirectory from;
  private RunDirectory to;

  @BeforeEach
  void open() {
    from = RunDirectory.open(folder.resolve("from").toString(), configuration());
    to = RunDirectory.open(folder.resolve("to").toString(), configuration());
  }

  private static Configuration configuration() {
    Configuration configuration = new Configuration();
    // Sessions of other tests may have told the shared file system to write no checksums.
    configuration.set("fs.file.impl.disable.cache", "true");
    return configuration;
  }

  private void write(long... steps) {
    for (long step : steps) {
      TestCheckpoints.write(from, step, TestCheckpoints.IDENTITY);
    }
  }

  private static Path local(org.apache.hadoop.fs.Path path) {
    return Path.of(path.toUri().getPath());
  }

  private static CheckpointSource find(Object location) {
    return CheckpointSource.find(location.toString(), configuration());
  }

  private static SinterException failure(Object location) {
    return catchThrowableOfType(SinterException.class, () -> find(location));
  }

  @Test
  void aRunDirectoryMeansItsNewestCheckpoint() {
    write(3, 6);
    from.markBest(3);
    CheckpointSource source = find(from);
    assertThat(source.folder()).isEqualTo(from.checkpoint(6));
    assertThat(source.manifest().step()).isEqualTo(6);
    assertThat(find(from.checkpoint(3)).manifest().step()).isEqualTo(3);
  }

  @Test
  void passesOverADamagedOneInARunDirectoryOnly() throws IOException {
    write(3, 6);
    Files.delete(local(from.checkpoint(6)).resolve("optimizer-000000000100.bin"));
    assertThat(find(from).manifest().step()).isEqualTo(3);
    assertThat(failure(from.checkpoint(6)).code()).isEqualTo("PATH_NOT_FOUND");
    Files.delete(local(from.checkpoint(3)).resolve("model.zip"));
    assertThat(failure(from).code()).isEqualTo("CHECKPOINTS_DAMAGED");
  }

  @Test
  void saysWhatIsNoCheckpoint() throws IOException {
    write(3);
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertNotFound(failure(folder.resolve("nowhere")), "there is no ");
    assertNotFound(failure(empty), "holds no checkpoint");
    assertNotFound(
        failure(new org.apache.hadoop.fs.Path(from.checkpoint(3), "model.zip")),
        "is a file, which has no optimizer state");
  }

  private static void assertNotFound(SinterException failure, String problem) {
    assertThat(failure).hasMessageContaining(problem);
    assertThat(failure.code()).isEqualTo("CHECKPOINT_NOT_FOUND");
    assertThat(failure.category()).isEqualTo(ErrorCategory.DATA);
  }

  @Test
  void isCopiedWithTheBestOfItsRun() throws IOException {
    write(3, 6, 9);
    new Checkpoints(to, "run", 0).adopt(find(from));
    assertThat(to.checkpointSteps()).containsExactly(9L, 6L);
    assertThat(to.bestCheckpoint()).contains(to.checkpoint(6));
    for (long step : new long[] {6, 9}) {
      assertSameFiles(from.checkpoint(step), to.checkpoint(step));
    }
    assertThat(names(local(to.checkpoint(9)).getParent()))
        .containsExactly("step-0000000006", "step-0000000009");
  }

  @Test
  void isCopiedAloneWhenTheBestIsGone() throws IOException {
    write(9);
    Path elsewhere = folder.resolve("downloaded");
    Files.move(local(from.checkpoint(9)), elsewhere);
    new Checkpoints(to, "run", 0).adopt(find(elsewhere));
    assertThat(to.checkpointSteps()).containsExactly(9L);
    assertThat(to.bestCheckpoint()).contains(to.checkpoint(9));
  }

  @Test
  void aFullDiskLeavesNoHalfCopy() {
    write(3);
    RunDirectory full =
        RunDirectory.open("full:" + folder.resolve("to"), FullFileSystem.configuration());
    for (long free : new long[] {100, 2000, 20_000}) {
      FullFileSystem.FREE_BYTES.set(free);
      SinterException failure =
          catchThrowableOfType(
              SinterException.class, () -> new Checkpoints(full, "run", 0).adopt(find(from)));
      assertThat(failure.code()).isEqualTo("DISK_FULL");
      assertThat(full.checkpointSteps()).isEmpty();
    }
  }

  @Test
  void knowsWhereItsRunGoesOnAnyway() {
    write(3, 6);
    assertThat(find(from).isOriginOf(from)).isTrue();
    assertThat(find(from.checkpoint(6)).isOriginOf(from)).isTrue();
    assertThat(find(from.checkpoint(3)).isOriginOf(from)).isFalse();
    assertThat(find(from).isOriginOf(to)).isFalse();
    new Checkpoints(to, "run", 0).adopt(find(from));
    assertThat(find(from).isOriginOf(to)).isTrue();
  }

  private static void assertSameFiles(
      org.apache.hadoop.fs.Path one, org.apache.hadoop.fs.Path other) throws IOException {
    List<String> names = names(local(one));
    assertThat(names(local(other))).isEqualTo(names).contains("model.zip", "manifest.json");
    for (String name : names) {
      assertThat(local(other).resolve(name)).hasSameBinaryContentAs(local(one).resolve(name));
    }
  }

  private static List<String> names(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
