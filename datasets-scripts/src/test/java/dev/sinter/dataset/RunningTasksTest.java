package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunningTasksTest {
  private static final int TIMES = 20;
  private static final int PARTS = 500;
  private static SparkSession session;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    session = LocalSpark.start();
  }

  @AfterAll
  static void stop() {
    session.stop();
  }

  /** One task ends, another takes its place, and a third fails beside it. */
  @Test
  void haveEndedWhenTheJobIsCleanedUp() throws Exception {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    for (int time = 0; time < TIMES; time++) {
      Path written = folder.resolve("written-" + time);
      String name = written.toString();
      try (RunningTasks tasks = RunningTasks.watch(spark)) {
        assertThatThrownBy(
                () ->
                    spark
                        .parallelize(List.of("ends", "fails", "writes"), 3)
                        .foreach(what -> act(what, name)))
            .isInstanceOf(SparkException.class);
        Files.createFile(Path.of(name + "-failed"));
        tasks.awaitNone();
      }
      assertThat(written).as("time %d", time).exists();
    }
  }

  private static void act(String what, String file) throws Exception {
    switch (what) {
      case "ends" -> {}
      case "fails" -> {
        awaitFile(file + "-begun");
        throw new IllegalStateException("as the test wants it");
      }
      default -> {
        Files.createFile(Path.of(file + "-begun"));
        awaitFile(file + "-failed");
        for (int part = 0; part < PARTS; part++) { // work that lasts longer than a look at it
          Files.createFile(Path.of(file + "-" + part));
        }
        Files.createFile(Path.of(file));
      }
    }
  }

  private static void awaitFile(String file) {
    while (!Files.exists(Path.of(file))) {
      Thread.onSpinWait();
    }
  }
}
