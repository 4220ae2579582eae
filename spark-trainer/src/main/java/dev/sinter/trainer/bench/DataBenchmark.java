package dev.sinter.trainer.bench;

import dev.sinter.dataset.ShardReader;
import dev.sinter.dataset.ShardWriter;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.data.Augmentation;
import dev.sinter.trainer.data.BatchAssembler;
import dev.sinter.trainer.data.LanePlan;
import dev.sinter.trainer.data.SampleCache;
import dev.sinter.trainer.data.SampleOrder;
import dev.sinter.trainer.engine.Batch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;

/**
 * How many samples a second a worker can be fed with, against what the fastest engine takes: from
 * shards into the cache, which is once a run, and from the cache into batches, which is every step.
 */
public final class DataBenchmark {
  private static final int SAMPLES = 256;

  /** From a shard: checked, decompressed, written to the cache. */
  public static final String SHARDS = "shards";

  private static final Map<String, Augmentation> STAGES = new LinkedHashMap<>();

  static {
    STAGES.put("decode", Augmentation.none());
    STAGES.put("augment", SinterLoop.AUGMENTATION);
    STAGES.put(
        "augment-all",
        new Augmentation(
            0.5f, 0.5f, 15, 4, 0.9f, 1.1f, 0.2f, 0.2f, 0, 0.75f, 4, 0.3f, 0.1f, 0.3f, 0.2f));
  }

  /**
   * One stage.
   *
   * @param stage {@code shards}, {@code decode}, {@code augment} (flip, rotation, crop) or {@code
   *     augment-all}
   * @param threads that worked at once
   * @param samplesPerSecond of all threads
   * @param timesConsumer the same over what the engine takes; NaN without a measured engine
   */
  public record Stage(String stage, int threads, double samplesPerSecond, double timesConsumer) {}

  private DataBenchmark() {}

  /**
   * Measures all stages.
   *
   * @param step network, size and micro-batch; threads and seconds of each stage
   * @param consumed images a second that an engine takes; NaN when unknown
   */
  public static List<Stage> run(StepCase step, double consumed) {
    List<Stage> stages = new ArrayList<>();
    double fromShards = samplesFromShards(step);
    stages.add(new Stage(SHARDS, 1, fromShards, fromShards / consumed));
    ModelSpec spec = step.spec();
    try (SampleCache samples = GeneratedData.samples(spec, step.hasMasks(), SAMPLES)) {
      STAGES.forEach(
          (name, augmentation) -> {
            double rate = samplesFromCache(step, samples, augmentation);
            stages.add(new Stage(name, step.threads(), rate, rate / consumed));
          });
    }
    return stages;
  }

  private static double samplesFromShards(StepCase step) {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("sinter-bench-data");
      Path file = folder.resolve("shard.parquet");
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toUri());
      Configuration hadoop = new Configuration();
      try (ShardWriter writer = ShardWriter.create(hadoop, path)) {
        GeneratedData.stream(step.spec(), step.hasMasks(), SAMPLES).forEach(writer::write);
      }
      long read = 0;
      long start = System.nanoTime();
      double seconds;
      do {
        try (ShardReader reader = ShardReader.open(hadoop, path);
            SampleCache cache = SampleCache.read(reader, 0, folder)) {
          read += cache.size();
        }
        seconds = (System.nanoTime() - start) / 1e9;
      } while (seconds < step.seconds());
      return read / seconds;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) {
    if (folder != null) {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
        Files.delete(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static double samplesFromCache(
      StepCase step, SampleCache samples, Augmentation augmentation) {
    ExecutorService threads = Executors.newFixedThreadPool(step.threads());
    try {
      List<Future<Double>> rates = new ArrayList<>();
      for (int thread = 0; thread < step.threads(); thread++) {
        rates.add(threads.submit(() -> fill(step, samples, augmentation)));
      }
      double sum = 0;
      for (Future<Double> rate : rates) {
        sum += rate.get();
      }
      return sum;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  /** Samples a second of one thread, after as much time of warming up. */
  private static double fill(StepCase step, SampleCache samples, Augmentation augmentation) {
    ModelSpec spec = step.spec();
    int size = Math.min(step.microBatchSize(), SAMPLES);
    SampleOrder order = new SampleOrder(new LanePlan(samples.size(), 1, size), 1);
    BatchAssembler assembler =
        new BatchAssembler(samples, GeneratedData.normalization(spec), augmentation);
    Batch batch = Batch.of(size, spec.input().dimensions(), samples.labels());
    double rate = 0;
    for (int round = 0; round < 2; round++) {
      long filled = 0;
      long start = System.nanoTime();
      double seconds;
      do {
        int stepOfEpoch = (int) (filled / size % order.plan().stepsPerEpoch());
        assembler.fill(order, 0, stepOfEpoch, 0, batch);
        filled += size;
        seconds = (System.nanoTime() - start) / 1e9;
      } while (seconds < step.seconds());
      rate = filled / seconds;
    }
    return rate;
  }
}
