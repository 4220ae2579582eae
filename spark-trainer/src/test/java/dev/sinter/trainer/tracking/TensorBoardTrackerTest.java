package dev.sinter.trainer.tracking;

import static dev.sinter.trainer.tracking.TrackedEpochs.TIME;
import static dev.sinter.trainer.tracking.TrackedEpochs.epoch;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.sinter.trainer.tracking.RunTracker.Beginning;
import dev.sinter.trainer.tracking.RunTracker.Ending;
import dev.sinter.trainer.tracking.RunTracker.EpochPoint;
import dev.sinter.trainer.tracking.RunTracker.Status;
import dev.sinter.trainer.tracking.RunTracker.StepPoint;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardTrackerTest {
  private static final int STEPS = 4;

  @TempDir Path folder;

  private TensorBoardTracker open(FileSystem files, double time) {
    return new TensorBoardTracker(
        files, new org.apache.hadoop.fs.Path(folder.toUri()), TrackedEpochs.facts(), time);
  }

  private TensorBoardTracker open(double time) throws IOException {
    return open(FileSystem.getLocal(new Configuration()), time);
  }

  private static Beginning beginning(long step) {
    List<dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord> history =
        Stream.iterate(1, epoch -> epoch * STEPS <= step, epoch -> epoch + 1)
            .map(epoch -> epoch(epoch, 0))
            .toList();
    return new Beginning(TIME, step, STEPS, history);
  }

  private static void train(RunTracker tracker, int firstEpoch, int lastEpoch, double salt)
      throws IOException {
    for (int epoch = firstEpoch; epoch <= lastEpoch; epoch++) {
      for (long step = (epoch - 1L) * STEPS + 1; step <= (long) epoch * STEPS; step++) {
        tracker.step(new StepPoint(TIME + step, step, 1.0 / step + salt));
      }
      tracker.epoch(new EpochPoint(TIME + epoch * STEPS, STEPS, epoch(epoch, salt)));
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void writesWhatAnotherParserReads() throws IOException {
    try (TensorBoardTracker tracker = open(TIME)) {
      tracker.begin(beginning(0));
      train(tracker, 1, 3, 0);
      tracker.end(new Ending(TIME + 99, Status.FINISHED, Map.of()));
    }
    assertThat(files()).containsExactly("events.out.tfevents.1700000000.sinter");
    EventFileReader read = EventFileReader.read(folder);
    assertThat(read.versions()).containsExactly("brain.Event:2");
    assertThat(read.scalars("train/loss"))
        .isEqualTo(new TreeMap<>(Map.of(4L, 1.0, 8L, 0.5, 12L, (double) (1 / 3f))));
    assertThat(read.scalars("validation/accuracy"))
        .isEqualTo(new TreeMap<>(Map.of(4L, 0.5, 8L, 0.75, 12L, (double) (float) (1 - 0.5 / 3))));
    assertThat(read.scalars("train/step-loss")).hasSize(12).containsEntry(2L, 0.5);
    assertThat(read.scalars("speed/bytes-per-step")).containsEntry(12L, 3000.0);
    assertThat(read.scalars("worker-1/wait-seconds")).containsEntry(8L, 2.0);
    assertThat(read.series().get("configuration").get(0).text().toStringUtf8())
        .isEqualTo("    model:\n      name: resnet18\n");
    assertThat(hyperParameters(read))
        .isEqualTo(
            Map.of(
                "model.name",
                "resnet18",
                "optimizer.learning-rate",
                0.125,
                "optimizer.nesterov",
                true));
    assertThat(read.series()).containsKey("_hparams_/session_end_info");
  }

  /** A file of before is read for ever, and the same run is written as the same bytes. */
  @Test
  void writesTheBytesOfTheGoldenFile() throws IOException {
    try (TensorBoardTracker tracker = open(TIME)) {
      tracker.begin(beginning(0));
      train(tracker, 1, 1, 0);
      tracker.end(new Ending(TIME + 99, Status.FAILED, Map.of()));
    }
    byte[] written = Files.readAllBytes(folder.resolve(files().get(0)));
    try (var golden = getClass().getResourceAsStream("/v1/events.out.tfevents.golden")) {
      assertThat(written).isEqualTo(golden.readAllBytes());
    }
  }

  /** The first driver is killed after steps that its last checkpoint does not have. */
  @Test
  void aDriverThatGoesOnSupersedesWhatCameAfterTheCheckpoint() throws IOException {
    TensorBoardTracker killed = open(TIME);
    killed.begin(beginning(0));
    train(killed, 1, 2, 0.25);
    killed.step(new StepPoint(TIME + 9, 9, 7));
    killed.step(new StepPoint(TIME + 20, 10, 7)); // later than the last publication: it is seen
    Files.write(
        folder.resolve(files().get(0)),
        new byte[] {9, 9, 9},
        java.nio.file.StandardOpenOption.APPEND);

    try (TensorBoardTracker next = open(TIME)) { // in the same second, as seen by another clock
      next.begin(beginning(4));
      train(next, 2, 3, 0);
    }
    assertThat(files())
        .containsExactly(
            "events.out.tfevents.1700000000.sinter", "events.out.tfevents.1700000001.sinter");
    EventFileReader read = EventFileReader.read(folder);
    assertThat(read.scalars("train/loss"))
        .as("the epoch before the checkpoint as the checkpoint has it")
        .isEqualTo(new TreeMap<>(Map.of(4L, 1.0, 8L, 0.5, 12L, (double) (1 / 3f))));
    assertThat(read.scalars("train/step-loss").keySet())
        .isEqualTo(new TreeSet<>(Set.of(1L, 2L, 3L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L)));
    assertThat(read.scalars("train/step-loss"))
        .containsEntry(1L, 1.25)
        .containsEntry(5L, 0.2f * 1.0);
    assertThat(read.series().get("configuration")).hasSize(2);
    assertThat(read.series().get("_hparams_/session_start_info")).hasSize(1);
  }

  /** In the same driver, when the stage of workers begins again. */
  @Test
  void aRestartOfTheWorkersSupersedesToo() throws IOException {
    try (TensorBoardTracker tracker = open(TIME)) {
      tracker.begin(beginning(0));
      train(tracker, 1, 1, 0);
      tracker.step(new StepPoint(TIME + 5, 5, 7));
      tracker.begin(beginning(4));
      train(tracker, 2, 2, 0);
    }
    assertThat(files()).hasSize(1);
    EventFileReader read = EventFileReader.read(folder);
    assertThat(read.scalars("train/loss")).isEqualTo(new TreeMap<>(Map.of(4L, 1.0, 8L, 0.5)));
    assertThat(read.scalars("train/step-loss")).containsEntry(5L, (double) 0.2f);
  }

  /** A run that was begun from another one's checkpoint has no files, but a history. */
  @Test
  void aRunThatGoesOnElsewhereShowsItsWholeHistory() throws IOException {
    try (TensorBoardTracker tracker = open(TIME)) {
      tracker.begin(beginning(12));
      train(tracker, 4, 4, 0);
    }
    assertThat(EventFileReader.read(folder).scalars("train/loss").keySet())
        .containsExactly(4L, 8L, 12L, 16L);
  }

  /** As in an object store. */
  @Test
  void beginsAFileWithEachEpochWhereAnOpenOneIsNotSeen() throws IOException {
    FileSystem store = new WithoutFlush();
    store.initialize(URI.create("file:///"), new Configuration());
    try (TensorBoardTracker tracker = open(store, TIME)) {
      tracker.begin(beginning(0));
      train(tracker, 1, 1, 0);
      assertThat(EventFileReader.read(folder).scalars("train/loss")).hasSize(1);
      train(tracker, 2, 2, 0);
      assertThat(EventFileReader.read(folder).scalars("train/loss")).hasSize(2);
    }
    assertThat(files()).hasSizeGreaterThan(2);
    assertThat(EventFileReader.read(folder).scalars("train/step-loss")).hasSize(8);
  }

  private static Map<String, Object> hyperParameters(EventFileReader read) throws IOException {
    ByteString data = read.series().get("_hparams_/session_start_info").get(0).pluginData();
    Map<String, Object> parameters = new TreeMap<>();
    UnknownFieldSet start =
        UnknownFieldSet.parseFrom(
            UnknownFieldSet.parseFrom(data).getField(3).getLengthDelimitedList().get(0));
    for (ByteString bytes : start.getField(1).getLengthDelimitedList()) {
      UnknownFieldSet entry = UnknownFieldSet.parseFrom(bytes);
      UnknownFieldSet value =
          UnknownFieldSet.parseFrom(entry.getField(2).getLengthDelimitedList().get(0));
      Object parsed =
          value.hasField(2)
              ? (Object) Double.longBitsToDouble(value.getField(2).getFixed64List().get(0))
              : value.hasField(4)
                  ? (Object) (value.getField(4).getVarintList().get(0) == 1)
                  : value.getField(3).getLengthDelimitedList().get(0).toStringUtf8();
      parameters.put(entry.getField(1).getLengthDelimitedList().get(0).toStringUtf8(), parsed);
    }
    return parameters;
  }

  /** A file system whose files are seen when they are closed. */
  private static final class WithoutFlush extends RawLocalFileSystem {
    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path file,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      return hiding(super.create(file, overwrite, bufferSize, replication, blockSize, progress));
    }

    private static FSDataOutputStream hiding(FSDataOutputStream out) throws IOException {
      return new FSDataOutputStream(new BufferedOutputStream(out, 1 << 20), null);
    }
  }
}
