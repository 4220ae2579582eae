package dev.sinter.trainer.retrain;

import dev.sinter.trainer.registry.Decision;
import java.util.List;
import java.util.Optional;

/**
 * How a retraining ended.
 *
 * @param decision what was decided; nothing where there was no reason to train
 * @param newSamples since the decision before
 * @param champion version that is champion now
 * @param pruned versions that went
 */
public record RetrainResult(
    Optional<Decision> decision, long newSamples, Optional<String> champion, List<String> pruned) {
  /** Copies the list. */
  public RetrainResult {
    pruned = List.copyOf(pruned);
  }
}
