package dev.sinter.trainer.sync;

import java.util.concurrent.CompletableFuture;

/**
 * A message whose arrival a future tells.
 *
 * @param done completes when it has arrived
 * @param deadline of the exchange
 * @param what completes the sentence "waited 120 s for ..."
 * @param arrived is run then
 */
record PendingTransfer(
    CompletableFuture<Void> done, Deadline deadline, String what, Runnable arrived)
    implements Transfer {
  @Override
  public void await() {
    await(deadline.timeoutSeconds());
  }

  @Override
  public void await(double timeoutSeconds) {
    new Deadline(timeoutSeconds, deadline.cancelled()).await(done, what);
    arrived.run();
  }
}
