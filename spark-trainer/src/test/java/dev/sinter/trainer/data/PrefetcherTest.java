package dev.sinter.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.Normalization;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.Batch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PrefetcherTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final LanePlan.Range FOUR = new LanePlan.Range(0, 4);

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void givesTheSameBatchesAsAssemblingThem(int threads) throws InterruptedException {
    SampleOrder order = new SampleOrder(new LanePlan(90, 4, 4), 5);
    Augmentation augmentation = new Augmentation(0.5f, 0.5f, 20, 2, 0.9f, 1.1f, 0.1f, 0.1f);
    Normalization normalization =
        new Normalization(Normalization.Kind.DATASET, List.of(127f), List.of(50f));
    Batch expected = Batch.forClassification(4, 1, 8, 8);
    try (SampleCache cache = SampleCache.read(Samples.random(90, 8, 8).iterator(), 0, directory);
        Prefetcher prefetcher =
            Prefetcher.start(
                new SampleOrder(new LanePlan(90, 4, 4), 5),
                FOUR,
                3,
                17,
                threads,
                () -> new BatchAssembler(cache, normalization, augmentation),
                () -> Batch.forClassification(4, 1, 8, 8),
                LONG)) {
      BatchAssembler assembler = new BatchAssembler(cache, normalization, augmentation);
      for (long step = 3; step < 17; step++) {
        for (int lane = 0; lane < 4; lane++) {
          assembler.fill(
              order, order.plan().epochOf(step), order.plan().stepInEpoch(step), lane, expected);
          Batch actual = prefetcher.take(step, lane);
          assertThat(actual.inputs()).isEqualTo(expected.inputs());
          assertThat(actual.labels()).isEqualTo(expected.labels());
        }
      }
      assertThatThrownBy(() -> prefetcher.take(17, 0)).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void servesALaneThatRunsAhead() throws InterruptedException {
    try (Prefetcher prefetcher = numbering(1)) {
      for (long step = 0; step < 10; step++) {
        assertThat(prefetcher.take(step, 3).labels().get(0)).isEqualTo((int) step * 4 + 3);
      }
      assertThat(prefetcher.take(0, 0).labels().get(0)).isZero();
    }
  }

  @Test
  void keepsABatchUntilTheNextIsTaken() throws InterruptedException {
    try (Prefetcher prefetcher = numbering(2)) {
      Batch held = prefetcher.take(0, 0);
      for (long step = 0; step < 5; step++) {
        prefetcher.take(step, 1);
      }
      assertThat(held.labels().get(0)).isZero();
    }
  }

  @Test
  void rethrowsWhatFailedWhileFilling() {
    IllegalArgumentException failure = new IllegalArgumentException("sample 12");
    try (Prefetcher prefetcher =
        new Prefetcher(
            FOUR,
            0,
            10,
            2,
            () ->
                (step, lane, batch) -> {
                  throw failure;
                },
            PrefetcherTest::batch,
            LONG)) {
      assertThatThrownBy(() -> prefetcher.take(0, 0)).isSameAs(failure);
    }
  }

  @Test
  void refusesAStepOutOfTurn() {
    try (Prefetcher prefetcher = numbering(1)) {
      assertThatThrownBy(() -> prefetcher.take(1, 0)).hasMessageContaining("at step 0, not 1");
    }
  }

  @Test
  void givesUpAfterTheDeadline() {
    CountDownLatch stuck = new CountDownLatch(1);
    Prefetcher prefetcher =
        new Prefetcher(
            FOUR,
            0,
            10,
            1,
            () -> (step, lane, batch) -> await(stuck),
            PrefetcherTest::batch,
            Duration.ofMillis(20));
    assertThatThrownBy(() -> prefetcher.take(0, 0))
        .asInstanceOf(InstanceOfAssertFactories.type(SinterException.class))
        .satisfies(e -> assertThat(e.code()).isEqualTo("PREFETCH_TIMEOUT"));
    stuck.countDown();
    prefetcher.close();
  }

  @Test
  void joinsItsThreadsOnClose() {
    Prefetcher prefetcher = numbering(3);
    prefetcher.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("sinter-prefetch-"));
    assertThatThrownBy(() -> prefetcher.take(5, 0)).isInstanceOf(IllegalStateException.class);
  }

  private static Prefetcher numbering(int threads) {
    return new Prefetcher(
        FOUR,
        0,
        10,
        threads,
        () -> (step, lane, batch) -> batch.labels().put(0, (int) step * 4 + lane),
        PrefetcherTest::batch,
        LONG);
  }

  private static Batch batch() {
    return Batch.forClassification(1, 1, 1, 1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
