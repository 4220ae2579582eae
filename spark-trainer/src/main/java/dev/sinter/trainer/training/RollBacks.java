package dev.sinter.trainer.training;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RollBack;
import dev.sinter.trainer.config.TrainConfig.NonFiniteConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Decides on the driver whether a run that diverged goes back to its last checkpoint. */
final class RollBacks {
  private RollBacks() {}

  /** Of two lists of one run the one that knows more. */
  static List<RollBack> longer(List<RollBack> one, List<RollBack> other) {
    return one.size() >= other.size() ? one : other;
  }

  /**
   * Goes back once more.
   *
   * <p>Not written down here: the next checkpoint tells of it, and a run that is interrupted before
   * meets the same step and goes back again.
   *
   * @param failure what ended the workers
   * @param known roll-backs so far
   * @param newestManifest the newest checkpoint; asked only if the run goes back
   * @return all roll-backs, the new one last
   * @throws SinterException the failure, where it cannot be helped so
   */
  static List<RollBack> after(
      SinterException failure,
      NonFiniteConfig config,
      List<RollBack> known,
      Supplier<Optional<CheckpointManifest>> newestManifest) {
    if (!failure.code().equals(NonFiniteSteps.CODE)
        || !config.policy().equals(NonFiniteConfig.ROLL_BACK)) {
      throw failure;
    }
    Optional<CheckpointManifest> newest = newestManifest.get();
    List<RollBack> before =
        newest.map(manifest -> longer(known, manifest.rollBacks())).orElse(known);
    if (before.size() >= config.limit()) {
      throw new SinterException(
          failure.category(),
          failure.code(),
          failure.getMessage() + " (after " + before.size() + " roll-backs)",
          "lower optimizer.learning-rate or train.roll-back-rate, or raise train.non-finite-limit",
          failure);
    }
    List<RollBack> all = new ArrayList<>(before);
    long step = newest.map(CheckpointManifest::step).orElse(0L);
    all.add(new RollBack(step, config.rollBackRate(), failure.getMessage()));
    return all;
  }
}
