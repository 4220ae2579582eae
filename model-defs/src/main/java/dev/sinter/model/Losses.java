package dev.sinter.model;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** The losses by name. */
final class Losses {
  static final String CROSS_ENTROPY = "cross-entropy";
  static final String DICE_CROSS_ENTROPY = "dice-cross-entropy";

  private Losses() {}

  /**
   * The loss function that a spec names.
   *
   * @throws SinterException {@code LOSS_UNKNOWN} or {@code LOSS_NOT_FOR_TASK}
   */
  static ILossFunction of(ModelSpec spec, String task) {
    String legal =
        task.equals(ModelCard.SEGMENTATION)
            ? CROSS_ENTROPY + " or " + DICE_CROSS_ENTROPY
            : CROSS_ENTROPY;
    return switch (spec.loss()) {
      case CROSS_ENTROPY -> new LossMCXENT();
      case DICE_CROSS_ENTROPY -> {
        if (!task.equals(ModelCard.SEGMENTATION)) {
          throw new SinterException(
              ErrorCategory.USAGE,
              "LOSS_NOT_FOR_TASK",
              "loss \""
                  + spec.loss()
                  + "\" needs one class per pixel, but "
                  + spec.name()
                  + " is a "
                  + task
                  + " network",
              "Set train.loss to " + legal + ", or choose a segmentation network.");
        }
        yield new DiceCrossEntropyLoss();
      }
      default ->
          throw new SinterException(
              ErrorCategory.USAGE,
              "LOSS_UNKNOWN",
              "there is no loss \"" + spec.loss() + "\"",
              "Set train.loss to " + legal + ".");
    };
  }
}
