package dev.sinter.trainer.engine.libtorch;

import java.util.Optional;
import org.bytedeco.pytorch.GeneratorOptional;

/**
 * One walk through the graph.
 *
 * @param samples size of the micro-batch
 * @param dropout source of dropout masks in training; empty in evaluation
 */
record Pass(int samples, Optional<GeneratorOptional> dropout) {
  static Pass evaluation(int samples) {
    return new Pass(samples, Optional.empty());
  }

  static Pass training(int samples, GeneratorOptional dropout) {
    return new Pass(samples, Optional.of(dropout));
  }

  /** The same walk for a part of the network that never trains. */
  Pass inEvaluation() {
    return evaluation(samples);
  }

  boolean isTraining() {
    return dropout.isPresent();
  }
}
