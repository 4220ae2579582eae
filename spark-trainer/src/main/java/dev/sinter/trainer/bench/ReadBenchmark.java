package dev.sinter.trainer.bench;

import dev.sinter.dataset.HadoopSourceFile;
import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.SourceFormats;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;

/** How many files a second the readers decode, each from its file system to stored values. */
public final class ReadBenchmark {
  private final List<String> files;
  private final int threads;
  private final Configuration configuration;

  /**
   * What came of a lot of files.
   *
   * @param files that were read in each round
   * @param unreadable among them
   * @param storedBytes of the values that they decoded to
   * @param threads that read at once
   * @param filesPerSecond in a fresh process, of the first round
   * @param steadyFilesPerSecond median of the later rounds; of the only one when there is one
   * @param filesPerSecondByRound all rounds
   */
  public record Result(
      int files,
      int unreadable,
      long storedBytes,
      int threads,
      double filesPerSecond,
      double steadyFilesPerSecond,
      double[] filesPerSecondByRound) {}

  /** A lot of files, named by URIs or local paths. */
  public ReadBenchmark(List<String> files, int threads, Configuration configuration) {
    this.files = List.copyOf(files);
    this.threads = threads;
    this.configuration = configuration;
  }

  /** Reads every file once in each round. */
  public Result run(int rounds) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      double[] rates = new double[rounds];
      Tally tally = new Tally();
      for (int round = 0; round < rounds; round++) {
        long start = System.nanoTime();
        tally = round(pool);
        rates[round] = files.size() / ((System.nanoTime() - start) / 1e9);
      }
      double[] later = rounds == 1 ? rates.clone() : Arrays.copyOfRange(rates, 1, rounds);
      Arrays.sort(later);
      double median = (later[(later.length - 1) / 2] + later[later.length / 2]) / 2;
      return new Result(
          files.size(), tally.unreadable, tally.bytes, threads, rates[0], median, rates);
    } finally {
      pool.shutdownNow();
    }
  }

  private static final class Tally {
    private int unreadable;
    private long bytes;
  }

  private Tally round(ExecutorService pool) {
    AtomicInteger next = new AtomicInteger();
    List<Future<Tally>> parts = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      parts.add(pool.submit(() -> read(next)));
    }
    Tally sum = new Tally();
    try {
      for (Future<Tally> part : parts) {
        sum.unreadable += part.get().unreadable;
        sum.bytes += part.get().bytes;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return sum;
  }

  private Tally read(AtomicInteger next) {
    Tally tally = new Tally();
    for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
      try {
        tally.bytes += bytes(SourceFormats.read(new HadoopSourceFile(files.get(i), configuration)));
      } catch (SinterException e) {
        tally.unreadable++;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return tally;
  }

  private static long bytes(RawSource source) {
    if (source instanceof RawImage image) {
      return image.pixels().length;
    }
    return ((RawVolume) source).stored().length;
  }
}
