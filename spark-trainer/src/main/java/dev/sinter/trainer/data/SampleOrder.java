package dev.sinter.trainer.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntUnaryOperator;

/**
 * In which order each lane serves its samples: a permutation of its range that depends on (seed,
 * epoch, lane) alone.
 *
 * <p>An epoch serves the first {@code stepsPerEpoch x microBatchSize} of the permutation; the rest
 * is dropped, another one each epoch. Any position can be looked up, so a run resumes at any step.
 *
 * <p>Thread-safe. Keeps the latest permutation of each lane that was asked for; stays on the
 * executor.
 */
public final class SampleOrder {
  private final LanePlan plan;
  private final long seed;
  private final Optional<IntUnaryOperator> classOf;
  private final AtomicReferenceArray<LaneOrder> latest;

  private record LaneOrder(int epoch, int[] samples) {}

  /** Orders a plan's samples under a run's seed. */
  public SampleOrder(LanePlan plan, long seed) {
    this(plan, seed, Optional.empty());
  }

  private SampleOrder(LanePlan plan, long seed, Optional<IntUnaryOperator> classOf) {
    this.plan = plan;
    this.seed = seed;
    this.classOf = classOf;
    this.latest = new AtomicReferenceArray<>(plan.lanes());
  }

  /**
   * Orders so that every class of a lane comes as often as every other one of it, within one:
   * samples of rare classes come again in an epoch, and not all of frequent ones come.
   *
   * @param classOf class of a sample, by its global index; asked for the lanes that are used
   */
  public static SampleOrder balanced(LanePlan plan, long seed, IntUnaryOperator classOf) {
    return new SampleOrder(plan, seed, Optional.of(classOf));
  }

  /** The plan. */
  public LanePlan plan() {
    return plan;
  }

  /** The run's seed. */
  public long seed() {
    return seed;
  }

  /** Global index of the sample at a place of a lane's micro-batch. */
  public int sampleAt(int epoch, int stepInEpoch, int lane, int place) {
    return latest(epoch, lane)[stepInEpoch * plan.microBatchSize() + place];
  }

  /** All global indices of a lane in an epoch's order, the dropped remainder last. */
  public int[] order(int epoch, int lane) {
    return latest(epoch, lane).clone();
  }

  private int[] latest(int epoch, int lane) {
    LaneOrder known = latest.get(lane);
    if (known == null || known.epoch() != epoch) {
      int[] samples = shuffled(epoch, lane);
      known =
          new LaneOrder(epoch, classOf.map(classes -> balanced(samples, classes)).orElse(samples));
      latest.set(lane, known);
    }
    return known.samples();
  }

  // Fisher-Yates from the top (Durstenfeld 1964).
  private int[] shuffled(int epoch, int lane) {
    LanePlan.Range range = plan.samplesOfLane(lane);
    int[] samples = new int[range.size()];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = range.from() + i;
    }
    SplitMix64 random = new SplitMix64(Randomness.SAMPLE_ORDER.seedFor(seed, epoch, lane));
    for (int i = samples.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int held = samples[i];
      samples[i] = samples[other];
      samples[other] = held;
    }
    return samples;
  }

  /** Takes of each class in turn, in the shuffled order, and from its beginning again. */
  private static int[] balanced(int[] shuffled, IntUnaryOperator classOf) {
    Map<Integer, List<Integer>> byClass = new LinkedHashMap<>();
    for (int sample : shuffled) {
      byClass.computeIfAbsent(classOf.applyAsInt(sample), label -> new ArrayList<>()).add(sample);
    }
    List<List<Integer>> classes = new ArrayList<>(byClass.values());
    int[] order = new int[shuffled.length];
    for (int i = 0; i < order.length; i++) {
      List<Integer> own = classes.get(i % classes.size());
      order[i] = own.get(i / classes.size() % own.size());
    }
    return order;
  }
}
