package dev.sinter.dataset.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the bytes: a decoded source or a coded failure, within a bound of memory, and without a
 * hang.
 */
class FuzzTest {
  /** What a file of a few KiB may make a reader allocate; see {@link RasterLimits}. */
  private static final long MOST_BYTES = 64L << 20;

  private static final int MOST_SECONDS = 5;
  private static final Map<String, byte[]> SEEDS = seeds();

  private static Map<String, byte[]> seeds() {
    try {
      return FuzzSeeds.all();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Stream<String> kinds() {
    return SEEDS.keySet().stream();
  }

  private static String format(String kind) {
    return kind.replaceFirst("-.*", "");
  }

  /** Seeds of one format share its {@code total} files. */
  private static int share(String kind, int total) {
    long sisters = kinds().filter(other -> format(other).equals(format(kind))).count();
    return (int) ((total + sisters - 1) / sisters);
  }

  @Test
  void everyFormatHasSeeds() {
    for (SourceFormat format : SourceFormats.formats()) {
      assertThat(SEEDS.values()).as("seeds of %s", format).anyMatch(format::matches);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsTheSeedItself(String kind) throws IOException {
    byte[] content = SEEDS.get(kind);
    if (!kind.equals("npz-deflated")) { // of two arrays
      assertThat(SourceFormats.read(kind, content).values()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void givesACodeForTenThousandDamages(String kind) throws InterruptedException {
    run(kind, 1_000_000, share(kind, 10_000));
  }

  private static void run(String kind, long firstSeed, int files) throws InterruptedException {
    ExecutorService readers = Executors.newSingleThreadExecutor();
    Map<String, Integer> outcomes = new TreeMap<>();
    long most = 0;
    try {
      for (long seed = firstSeed; seed < firstSeed + files; seed++) {
        byte[] content = Damages.of(SEEDS.get(kind), new Random(seed));
        Future<Outcome> reading = readers.submit(() -> read(kind, content));
        try {
          Outcome outcome = reading.get(MOST_SECONDS, TimeUnit.SECONDS);
          outcomes.merge(outcome.code(), 1, Integer::sum);
          most = Math.max(most, outcome.bytes());
          assertThat(outcome.bytes())
              .as("bytes for %s, seed %s", kind, seed)
              .isLessThan(MOST_BYTES);
        } catch (TimeoutException e) {
          reading.cancel(true);
          fail("%s, seed %d: not read in %d s", kind, seed, MOST_SECONDS);
        } catch (ExecutionException e) {
          throw new AssertionError(kind + ", seed " + seed + ": " + e.getCause(), e.getCause());
        }
      }
    } finally {
      readers.shutdownNow();
    }
    System.out.printf("%s: %d files, at most %d bytes, %s%n", kind, files, most, outcomes);
  }

  /** What a reader made of a file. */
  private record Outcome(String code, long bytes) {}

  private static Outcome read(String kind, byte[] content) throws IOException {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    String code = "read";
    try {
      SourceFile file = SourceFile.of(kind, content);
      SourceFormats.read(file);
      SourceFormats.container(file)
          .ifPresent(all -> all.entries().forEach(entry -> all.array(entry.name())));
    } catch (SinterException e) {
      assertThat(e.code()).matches("[A-Z_]+");
      code = e.code();
    }
    return new Outcome(code, threads.getCurrentThreadAllocatedBytes() - before);
  }
}
