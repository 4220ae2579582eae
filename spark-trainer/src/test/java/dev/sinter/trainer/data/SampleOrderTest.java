package dev.sinter.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SampleOrderTest {
  @Property(tries = 200)
  void servesEverySampleAtMostOnceAndDropsOnlyTheRemainder(
      @ForAll @IntRange(min = 1, max = 700) int samples,
      @ForAll @IntRange(max = 4) int lanePower,
      @ForAll @IntRange(min = 1, max = 9) int microBatchSize,
      @ForAll long seed,
      @ForAll @IntRange(max = 50) int epoch) {
    int lanes = 1 << lanePower;
    Assume.that(samples >= lanes * microBatchSize);
    LanePlan plan = new LanePlan(samples, lanes, microBatchSize);
    BitSet served = served(new SampleOrder(plan, seed), epoch);
    assertThat(served.length()).isLessThanOrEqualTo(samples);
    // With every position in the set once, nothing can have been served twice.
    assertThat(served.cardinality()).isEqualTo(plan.stepsPerEpoch() * plan.globalBatchSize());
    assertThat(samples - served.cardinality()).isLessThan(plan.globalBatchSize());
  }

  @Property(tries = 200)
  void ownsEachSampleInOneLaneAndOneWorker(
      @ForAll @IntRange(min = 64, max = 5000) int samples,
      @ForAll @IntRange(max = 6) int lanePower,
      @ForAll @IntRange(min = 1, max = 64) int workers,
      @ForAll long seed) {
    LanePlan plan = new LanePlan(samples, 1 << lanePower, 1);
    Assume.that(workers <= plan.lanes());
    SampleOrder order = new SampleOrder(plan, seed);
    int nextLane = 0;
    int nextSample = 0;
    BitSet owned = new BitSet();
    for (int worker = 0; worker < workers; worker++) {
      LanePlan.Range lanes = plan.lanesOfWorker(worker, workers);
      LanePlan.Range range = plan.samplesOfWorker(worker, workers);
      assertThat(lanes.from()).isEqualTo(nextLane);
      assertThat(lanes.size()).isPositive();
      assertThat(range.from()).isEqualTo(nextSample);
      for (int lane = lanes.from(); lane < lanes.to(); lane++) {
        for (int sample : order.order(0, lane)) {
          assertThat(sample).isBetween(range.from(), range.to() - 1);
          assertThat(owned.get(sample)).isFalse();
          owned.set(sample);
        }
      }
      nextLane = lanes.to();
      nextSample = range.to();
    }
    assertThat(nextLane).isEqualTo(plan.lanes());
    assertThat(owned.cardinality()).isEqualTo(samples);
  }

  @Property(tries = 100)
  void dependsOnSeedEpochAndLaneAloneWhateverWasAskedBefore(
      @ForAll long seed,
      @ForAll @IntRange(max = 20) int epoch,
      @ForAll @IntRange(max = 3) int lane,
      @ForAll @IntRange(max = 20) int otherEpoch) {
    LanePlan plan = new LanePlan(200, 4, 8);
    SampleOrder used = new SampleOrder(plan, seed);
    used.sampleAt(otherEpoch, 1, lane, 0);
    used.sampleAt(otherEpoch, 0, 3 - lane, 0);
    int[] expected = new SampleOrder(plan, seed).order(epoch, lane);
    assertThat(used.order(epoch, lane)).isEqualTo(expected);
    assertThat(used.sampleAt(epoch, 2, lane, 5)).isEqualTo(expected[21]);
  }

  @Property(tries = 50)
  void differsBetweenEpochsLanesAndSeeds(@ForAll long seed, @ForAll @IntRange(max = 99) int epoch) {
    LanePlan plan = new LanePlan(400, 2, 9);
    SampleOrder order = new SampleOrder(plan, seed);
    assertThat(order.order(epoch, 0)).isNotEqualTo(order.order(epoch + 1, 0));
    assertThat(order.order(epoch, 0)).isNotEqualTo(new SampleOrder(plan, seed + 1).order(epoch, 0));
    int[] shifted = Arrays.stream(order.order(epoch, 1)).map(i -> i - 200).toArray();
    assertThat(order.order(epoch, 0)).isNotEqualTo(shifted);
    // 2 x 2 of 400 are dropped; equal pairs by chance in both lanes: 1 in 4 x 10^8.
    assertThat(served(order, epoch)).isNotEqualTo(served(order, epoch + 1));
  }

  /** Computed apart from this code, from the description of SplitMix64 and Fisher-Yates. */
  @Test
  void staysTheSameAcrossReleases() {
    assertThat(new SampleOrder(new LanePlan(20, 2, 4), 1).order(0, 1))
        .containsExactly(14, 12, 18, 15, 11, 16, 17, 10, 13, 19);
  }

  @Test
  void shufflesUniformly() {
    int[] first = new int[5];
    for (int epoch = 0; epoch < 10_000; epoch++) {
      first[new SampleOrder(new LanePlan(5, 1, 1), 3).sampleAt(epoch, 0, 0, 0)]++;
    }
    // Five standard deviations around 2000.
    assertThat(first)
        .satisfies(
            counts -> assertThat(Arrays.stream(counts)).allMatch(c -> Math.abs(c - 2000) < 200));
  }

  private static BitSet served(SampleOrder order, int epoch) {
    LanePlan plan = order.plan();
    BitSet served = new BitSet();
    for (int lane = 0; lane < plan.lanes(); lane++) {
      for (int step = 0; step < plan.stepsPerEpoch(); step++) {
        for (int place = 0; place < plan.microBatchSize(); place++) {
          served.set(order.sampleAt(epoch, step, lane, place));
        }
      }
    }
    return served;
  }
}
