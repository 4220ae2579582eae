package dev.sinter.trainer.bench;

import dev.sinter.trainer.sync.SparkExchange;

/** What one worker does over and over when the exchange is measured. Closes the exchange. */
interface SyncLoop extends AutoCloseable {
  /** The loop of a case. */
  static SyncLoop of(SyncCase sync, SparkExchange exchange) {
    return sync.method() == SyncCase.Method.GRADIENT_SHARING
        ? new GradientSharingLoop(sync, exchange)
        : new AllReduceLoop(sync, exchange);
  }

  /** What is not measured. */
  void prepare();

  /**
   * What is measured.
   *
   * @param round counts from 1
   */
  void run(long round);

  @Override
  void close();
}
