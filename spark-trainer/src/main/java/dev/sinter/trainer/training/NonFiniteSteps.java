package dev.sinter.trainer.training;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RollBack;
import dev.sinter.trainer.config.TrainConfig.NonFiniteConfig;
import dev.sinter.trainer.sync.StepResult;
import java.util.List;

/**
 * What becomes of steps that are not finite, on one worker. Workers that share loss and norm of
 * every step decide alike without a word; a roll-back is the driver's, so that all go back.
 */
final class NonFiniteSteps {
  /** How a worker, and then the run, ends on such a step. */
  static final String CODE = "LOSS_NOT_FINITE";

  private final NonFiniteConfig config;
  private final List<RollBack> rollBacks;
  private int consecutiveSkips;

  private NonFiniteSteps(NonFiniteConfig config, List<RollBack> rollBacks, int consecutiveSkips) {
    this.config = config;
    this.rollBacks = rollBacks;
    this.consecutiveSkips = consecutiveSkips;
  }

  /**
   * Goes on.
   *
   * @param told roll-backs that the driver knows of
   * @param restored the checkpoint that the run goes on from, or null; it knows of more roll-backs
   *     than the driver when they were of an earlier command
   */
  static NonFiniteSteps of(
      NonFiniteConfig config, List<RollBack> told, CheckpointManifest restored) {
    return restored == null
        ? new NonFiniteSteps(config, told, 0)
        : new NonFiniteSteps(
            config, RollBacks.longer(told, restored.rollBacks()), restored.consecutiveSkips());
  }

  /** The learning rate of a step, after all roll-backs. */
  double rate(double scheduled, long step) {
    return scheduled * RollBack.factorAt(rollBacks, step);
  }

  /**
   * Decides on a step.
   *
   * @throws SinterException {@code LOSS_NOT_FINITE} unless it may be skipped
   */
  void judge(long step, double learningRate, StepResult result) {
    if (result.isFinite()) {
      consecutiveSkips = 0;
      return;
    }
    boolean skips = config.policy().equals(NonFiniteConfig.SKIP);
    if (!skips || consecutiveSkips == config.limit()) {
      throw failure(step, learningRate, result);
    }
    consecutiveSkips++;
  }

  private SinterException failure(long step, double learningRate, StepResult result) {
    return new SinterException(
        ErrorCategory.DIVERGED,
        CODE,
        "in step "
            + step
            + ", at learning rate "
            + learningRate
            + ", the loss is "
            + result.meanLoss()
            + " and the gradient norm "
            + result.gradientNorm()
            + (consecutiveSkips > 0
                ? ", after " + consecutiveSkips + " skipped steps in a row"
                : ""),
        "lower optimizer.learning-rate, lengthen optimizer.schedule.warm-up-epochs or set optimizer.clip-norm, and"
            + " train anew into another train.output; or go on from the last checkpoint with train.on-non-finite:"
            + " roll-back or skip");
  }

  List<RollBack> rollBacks() {
    return rollBacks;
  }

  int consecutiveSkips() {
    return consecutiveSkips;
  }
}
