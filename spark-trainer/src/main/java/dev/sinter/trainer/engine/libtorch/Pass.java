package dev.sinter.trainer.engine.libtorch;

import java.util.Optional;
import java.util.function.LongFunction;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;

/**
 * One walk through the graph, at one of its steps.
 *
 * @param samples size of the micro-batch
 * @param generators makes a generator of random numbers from a seed, in training; empty in
 *     evaluation
 * @param seed of this walk
 * @param step index of the step, which draws numbers of its own
 */
record Pass(int samples, Optional<LongFunction<Generator>> generators, long seed, int step) {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  static Pass evaluation(int samples) {
    return new Pass(samples, Optional.empty(), 0, 0);
  }

  static Pass training(int samples, LongFunction<Generator> generators, long dropoutSeed) {
    return new Pass(samples, Optional.of(generators), dropoutSeed, 0);
  }

  /** The same walk at another step. */
  Pass at(int otherStep) {
    return isTraining() ? new Pass(samples, generators, seed, otherStep) : this;
  }

  /** The same walk for a part of the network that never trains. */
  Pass inEvaluation() {
    return evaluation(samples);
  }

  boolean isTraining() {
    return generators.isPresent();
  }

  /** Source of this step's masks: the same ones whenever the step is computed again. */
  GeneratorOptional generator() {
    return new GeneratorOptional(generators.orElseThrow().apply(seed + (step + 1) * GOLDEN_GAMMA));
  }
}
