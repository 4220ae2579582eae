package dev.sinter.trainer.optimizer;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.List;

/** The optimizers by name. */
public final class Optimizers {
  private static final List<String> NAMES =
      List.of("adam", "adamw", "lamb", "lars", "rmsprop", "sgd");

  private Optimizers() {}

  /** All names, sorted. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Makes the optimizer that the settings name.
   *
   * @throws SinterException {@code OPTIMIZER_UNKNOWN}
   */
  public static Optimizer create(OptimizerSettings settings) {
    return switch (settings.name()) {
      case "sgd" -> new Sgd(settings);
      case "adam" -> new Adam(settings, Adam.Decay.L2_PENALTY);
      case "adamw" -> new Adam(settings, Adam.Decay.DECOUPLED);
      case "lamb" -> new Lamb(settings);
      case "lars" -> new Lars(settings);
      case "rmsprop" -> new RmsProp(settings);
      default ->
          throw new SinterException(
              ErrorCategory.USAGE,
              "OPTIMIZER_UNKNOWN",
              "optimizer.name is '" + settings.name() + "'",
              "Use one of " + NAMES + ".");
    };
  }
}
