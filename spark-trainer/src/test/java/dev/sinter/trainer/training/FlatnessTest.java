package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.NativeMemory;
import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.config.RunConfig;
import java.io.IOException;
import java.io.Serializable;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand steps on two executors take no more memory and files than two thousand. */
@Tag("full")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FlatnessTest {
  private static final long STEPS = 10_000;
  private static final long MIB = 1L << 20;

  @TempDir Path folder;

  /** What an executor process holds. */
  private record Held(
      long pid, long heap, long javaCpp, long direct, long resident, long descriptors)
      implements Serializable {

    static Held now() throws IOException {
      System.gc();
      System.gc(); // what the first one's cleaners let go of
      long direct = 0;
      for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
        direct += pool.getMemoryUsed();
      }
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
        return new Held(
            ProcessHandle.current().pid(),
            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
            Pointer.totalBytes(),
            direct,
            NativeMemory.residentBytes(),
            descriptors.count());
      }
    }

    @Override
    public String toString() {
      return String.format(
          "process %d: heap %.1f MiB, JavaCPP %.1f MiB, direct %.1f MiB, native %.1f MiB, %d descriptors",
          pid,
          heap / (double) MIB,
          javaCpp / (double) MIB,
          direct / (double) MIB,
          resident / (double) MIB,
          descriptors);
    }
  }

  @Test
  void tenThousandStepsHoldNoMore() throws Exception {
    try (SparkSession spark =
        SparkSession.builder()
            .config(SparkTestClusters.conf("flat", 2, 2, Map.of())) // a core to measure on
            .getOrCreate()) {
      TinyRuns runs = TinyRuns.segmentation(spark, folder);
      String[] keys = {
        "train.lanes=2", "train.micro-batch-size=1", "model.options={depth: 1, width: 2}"
      };
      long perEpoch = runs.steps(runs.config("one", keys)) / 2;
      List<String> all = new ArrayList<>(List.of(keys));
      all.add("train.epochs=" + (STEPS + perEpoch - 1) / perEpoch);
      RunConfig run = runs.config("flat", all.toArray(new String[0]));
      Measuring measuring = new Measuring(spark, perEpoch);
      TrainingResult result = new TrainingJob(spark, run, Map.of()).run(Resume.NEVER, measuring);
      assertThat(result.steps()).isGreaterThanOrEqualTo(STEPS);
      SortedMap<Long, Held> first = measuring.samples.get(0);
      SortedMap<Long, Held> last = measuring.samples.get(measuring.samples.size() - 1);
      assertThat(last.keySet()).as("no executor was replaced").isEqualTo(first.keySet()).hasSize(2);
      for (Held before : first.values()) {
        Held after = last.get(before.pid());
        assertThat(after.heap() - before.heap()).as("heap").isLessThan(32 * MIB);
        assertThat(after.javaCpp() - before.javaCpp()).as("JavaCPP").isLessThan(4 * MIB);
        assertThat(after.direct() - before.direct()).as("direct").isLessThan(16 * MIB);
        assertThat(after.resident() - before.resident()).as("native").isLessThan(32 * MIB);
        assertThat(after.descriptors() - before.descriptors()).as("files").isLessThan(16);
      }
    }
  }

  /** Looks every two thousand steps. */
  private static final class Measuring implements TrainingListener {
    private static final long EVERY = 2000;

    private final JavaSparkContext context;
    private final long perEpoch;
    private final List<SortedMap<Long, Held>> samples = new ArrayList<>();

    Measuring(SparkSession spark, long perEpoch) {
      this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      this.perEpoch = perEpoch;
    }

    @Override
    public void onStart(long step, long totalSteps) {
      // not warm yet
    }

    @Override
    public void onStep(long step, double meanLoss) {
      // epochs are enough
    }

    @Override
    public void onEpoch(EpochRecord epoch, int epochs, boolean best) {
      long step = epoch.epoch() * perEpoch;
      if (step / EVERY > (step - perEpoch) / EVERY) {
        measure(step);
      }
    }

    private void measure(long step) {
      List<Integer> tasks = IntStream.range(0, 16).boxed().toList(); // some on each executor
      SortedMap<Long, Held> held = new TreeMap<>();
      context
          .parallelize(tasks, tasks.size())
          .map(any -> Held.now())
          .collect()
          .forEach(one -> held.put(one.pid(), one));
      held.values().forEach(one -> System.out.println("step " + step + ", " + one));
      samples.add(held);
    }
  }
}
