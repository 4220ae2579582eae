package dev.sinter.trainer.sync;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.UpdatePlan;
import java.util.List;

/** The strategies by name. */
public final class Strategies {
  private static final List<String> NAMES = List.of("gradient-sharing", "parameter-averaging");

  /** What sparse messages are known to train with. */
  private static final List<String> SPARSE_OPTIMIZERS = List.of("adam", "adamw", "sgd");

  private Strategies() {}

  /** All names, sorted. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Makes a worker's strategy.
   *
   * @param lanes of as many workers as the exchange has
   * @param parameters the worker's parameters, the same on all workers; stays the caller's
   * @param exchange is the strategy's from here on
   * @throws SinterException {@code STRATEGY_UNKNOWN}, {@code AVERAGING_INTERVAL_INVALID} or {@code
   *     COMPRESSION_UNSUPPORTED}
   */
  public static Strategy create(
      SyncSettings settings,
      OptimizerSettings optimizer,
      UpdatePlan plan,
      Lanes lanes,
      FlatVector parameters,
      Exchange exchange) {
    if (lanes.workers() != exchange.workers() || plan.length() != parameters.length()) {
      throw new IllegalArgumentException(
          lanes
              + " for "
              + exchange.workers()
              + " workers, a plan of "
              + plan.length()
              + " for "
              + parameters.length()
              + " parameters");
    }
    UpdatePlan moving = plan.ofMoving();
    if (moving.length() == plan.length()) {
      return averaged(settings, optimizer, plan, lanes, parameters, exchange);
    }
    FlatVector own = FlatVector.ofFloats(moving.length());
    return new PartialTraining(
        averaged(settings, optimizer, moving, lanes, own, exchange), plan, parameters, own);
  }

  private static Strategy averaged(
      SyncSettings settings,
      OptimizerSettings optimizer,
      UpdatePlan plan,
      Lanes lanes,
      FlatVector parameters,
      Exchange exchange) {
    Strategy strategy = byName(settings, optimizer, plan, lanes, parameters, exchange);
    return optimizer.averageDecay() == 0
        ? strategy
        : new AveragedWeights(
            strategy,
            optimizer.averageDecay(),
            new BlockThreads(settings.threads()),
            parameters,
            exchange);
  }

  private static Strategy byName(
      SyncSettings settings,
      OptimizerSettings optimizer,
      UpdatePlan plan,
      Lanes lanes,
      FlatVector parameters,
      Exchange exchange) {
    return switch (settings.strategy()) {
      case "gradient-sharing" ->
          switch (settings.compression().kind()) {
            case NONE, FP16, BF16 ->
                new GradientSharing(settings, optimizer, plan, lanes, parameters, exchange);
            case THRESHOLD, TOP_K -> {
              requireElementwise(settings.compression(), optimizer);
              yield new SparseGradientSharing(
                  settings, optimizer, plan, lanes, parameters, exchange);
            }
          };
      case "parameter-averaging" -> {
        if (settings.averageEverySteps() < 1) {
          throw new SinterException(
              ErrorCategory.USAGE,
              "AVERAGING_INTERVAL_INVALID",
              "sync.average-every-steps is " + settings.averageEverySteps(),
              "Set it to 1 or more.");
        }
        requireNoCompression(settings);
        yield new ParameterAveraging(settings, optimizer, plan, lanes, parameters, exchange);
      }
      default ->
          throw new SinterException(
              ErrorCategory.USAGE,
              "STRATEGY_UNKNOWN",
              "sync.strategy is '" + settings.strategy() + "'",
              "Use one of " + NAMES + ".");
    };
  }

  private static void requireNoCompression(SyncSettings settings) {
    Compression.Kind kind = settings.compression().kind();
    if (kind != Compression.Kind.NONE) {
      throw unsupported(kind, "sync.strategy " + settings.strategy());
    }
  }

  /** Rules over whole layers would see a layer's few elements of a step as all of it. */
  private static void requireElementwise(Compression compression, OptimizerSettings optimizer) {
    if (!SPARSE_OPTIMIZERS.contains(optimizer.name())) {
      throw unsupported(compression.kind(), "optimizer.name " + optimizer.name());
    }
  }

  private static SinterException unsupported(Compression.Kind kind, String with) {
    return new SinterException(
        ErrorCategory.USAGE,
        "COMPRESSION_UNSUPPORTED",
        "sync.compression '" + kind.key() + "' does not train with " + with,
        "Set sync.compression to none, or use gradient-sharing with one of "
            + SPARSE_OPTIMIZERS
            + ".");
  }
}
