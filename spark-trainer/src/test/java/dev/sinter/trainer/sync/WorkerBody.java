package dev.sinter.trainer.sync;

import java.io.Serializable;

/** What a test runs on every worker. */
@FunctionalInterface
interface WorkerBody extends Serializable {
  Serializable run(Exchange exchange);
}
