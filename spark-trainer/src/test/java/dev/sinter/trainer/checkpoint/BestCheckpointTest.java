package dev.sinter.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which checkpoint is the best, in epochs of three steps of which the second was the best. */
class BestCheckpointTest {
  private static final int STEPS = 3;
  private static final EpochRecord FIRST = TestCheckpoints.epoch(1, 0.5);
  private static final EpochRecord SECOND = TestCheckpoints.epoch(2, 0.9);
  private static final EpochRecord THIRD = TestCheckpoints.epoch(3, 0.7);
  private static final EpochRecord FOURTH = TestCheckpoints.epoch(4, 0.6);

  @TempDir Path folder;
  private RunDirectory directory;

  @BeforeEach
  void open() {
    Configuration configuration = new Configuration();
    // Sessions of other tests may have told the shared file system to write no checksums.
    configuration.set("fs.file.impl.disable.cache", "true");
    directory = RunDirectory.open(folder.resolve("run").toString(), configuration);
  }

  private void write(long... steps) {
    for (long step : steps) {
      TestCheckpoints.write(directory, step, TestCheckpoints.IDENTITY);
    }
  }

  private void markBestAndPrune(EpochRecord... history) {
    directory.markBestAndPrune(List.of(history), STEPS, 1);
  }

  @Test
  void isThatOfTheBestEpoch() {
    write(3, 6, 9);
    markBestAndPrune(FIRST, SECOND, THIRD);
    assertThat(directory.bestStep()).contains(6L);
    assertThat(directory.checkpointSteps()).containsExactly(9L, 6L);
  }

  @Test
  void anAdoptedOneStaysWhereTheBestOfItsHistoryIsNotHere() {
    write(9, 12);
    markBestAndPrune(FIRST, SECOND, THIRD, FOURTH);
    assertThat(directory.bestStep()).contains(9L);
    assertThat(directory.checkpointSteps()).containsExactly(12L, 9L);
    write(15);
    markBestAndPrune(FIRST, SECOND, THIRD, FOURTH, TestCheckpoints.epoch(5, 0.65));
    assertThat(directory.bestCheckpoint()).contains(directory.checkpoint(9));
    assertThat(directory.checkpointSteps()).containsExactly(15L, 9L);
  }

  @Test
  void oneBetterThanTheAdoptedTakesItsPlace() {
    write(9, 12);
    markBestAndPrune(FIRST, SECOND, THIRD, TestCheckpoints.epoch(4, 0.8));
    assertThat(directory.bestStep()).contains(12L);
    assertThat(directory.checkpointSteps()).containsExactly(12L);
  }

  @Test
  void isTheNewestWhereTheMarkedOneIsMissing() {
    write(3, 6);
    directory.markBest(9);
    assertThat(directory.bestStep()).contains(6L);
  }
}
