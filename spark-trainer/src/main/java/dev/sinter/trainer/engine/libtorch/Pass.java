package dev.sinter.trainer.engine.libtorch;

import java.util.Optional;
import org.bytedeco.pytorch.GeneratorOptional;

/**
 * One walk through the graph.
 *
 * @param dropout source of dropout masks in training; empty in evaluation
 */
record Pass(Optional<GeneratorOptional> dropout) {
  static final Pass EVALUATION = new Pass(Optional.empty());

  static Pass training(GeneratorOptional dropout) {
    return new Pass(Optional.of(dropout));
  }

  boolean isTraining() {
    return dropout.isPresent();
  }
}
