package dev.sinter.trainer.bench;

/** A network that is trained on generated data, step by step. */
interface StepLoop extends AutoCloseable {
  /** Trains on one micro-batch; all work is done when it returns. */
  void step();

  @Override
  void close();

  /** Makes the loop of a case. */
  static StepLoop of(StepCase step) {
    return switch (step.engine()) {
      case SINTER, SINTER_ND4J -> new SinterLoop(step);
      case LIBTORCH_BARE, LIBTORCH_DEFAULT -> new BareLoop(step);
      case DL4J_STOCK -> new StockLoop(step);
    };
  }
}
