package dev.sinter.trainer.tracking;

import static dev.sinter.trainer.tracking.TrackedEpochs.TIME;
import static dev.sinter.trainer.tracking.TrackedEpochs.epoch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.tracking.RunTracker.Beginning;
import dev.sinter.trainer.tracking.RunTracker.EpochPoint;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Event files on HDFS are read while they are written. */
@Tag("full")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HdfsEventFilesTest {
  @TempDir Path folder;

  @Test
  void areSeenWithTheirLengthBeforeTheyAreClosed() throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    configuration.set("dfs.replication", "1");
    MiniDFSCluster hdfs = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    try {
      hdfs.waitActive();
      org.apache.hadoop.fs.Path events = new org.apache.hadoop.fs.Path("/run/tensorboard");
      FileSystem writing = FileSystem.newInstance(hdfs.getURI(), configuration);
      TensorBoardTracker killed =
          new TensorBoardTracker(writing, events, TrackedEpochs.facts(), TIME);
      killed.begin(new Beginning(TIME, 0, 4, List.of()));
      killed.epoch(new EpochPoint(TIME, 4, epoch(1, 0)));
      FileSystem reading = FileSystem.newInstance(hdfs.getURI(), configuration);
      assertThat(losses(reading, events).scalars("train/loss")).containsOnlyKeys(4L);
      long length = reading.listStatus(events)[0].getLen();
      killed.epoch(new EpochPoint(TIME, 4, epoch(2, 0)));
      assertThat(reading.listStatus(events)[0].getLen())
          .as("also what the NameNode says grows")
          .isGreaterThan(length);

      // Another driver goes on while the lease of the first one's file is still held.
      FileSystem other = FileSystem.newInstance(hdfs.getURI(), configuration);
      TensorBoardTracker next = new TensorBoardTracker(other, events, TrackedEpochs.facts(), TIME);
      next.begin(new Beginning(TIME, 4, 4, List.of(epoch(1, 0))));
      next.epoch(new EpochPoint(TIME, 4, epoch(2, 0.5)));
      assertThat(losses(reading, events).scalars("train/loss")).containsEntry(8L, 1.0);
      next.close();
    } finally {
      hdfs.shutdown();
    }
  }

  private EventFileReader losses(FileSystem files, org.apache.hadoop.fs.Path events)
      throws Exception {
    Path copy = java.nio.file.Files.createTempDirectory(folder, "copy");
    for (FileStatus status : Stream.of(files.listStatus(events)).toList()) {
      try (InputStream in = files.open(status.getPath())) {
        java.nio.file.Files.write(copy.resolve(status.getPath().getName()), in.readAllBytes());
      }
    }
    return EventFileReader.read(copy);
  }
}
