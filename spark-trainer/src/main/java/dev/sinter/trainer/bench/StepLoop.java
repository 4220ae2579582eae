package dev.sinter.trainer.bench;

import dev.sinter.trainer.engine.Network;
import java.util.function.Supplier;

/** A network that is trained on generated data, step by step. */
interface StepLoop extends AutoCloseable {
  /** Trains on one micro-batch; all work is done when it returns. */
  void step();

  @Override
  void close();

  /**
   * Makes the loop of a case.
   *
   * @param network gives the case's network where {@link StepEngine#isSinter()}; not asked
   *     otherwise
   */
  static StepLoop of(StepCase step, Supplier<Network> network) {
    return switch (step.engine()) {
      case SINTER, SINTER_ND4J -> new SinterLoop(step, network.get());
      case LIBTORCH_BARE, LIBTORCH_DEFAULT -> new BareLoop(step);
      case DL4J_STOCK -> new StockLoop(step);
    };
  }
}
