package dev.sinter.trainer.sync;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;

/** What can be wrong with another worker. */
final class PeerFailures {
  private PeerFailures() {}

  static SinterException lost(String problem, Throwable cause) {
    return new SinterException(
        ErrorCategory.RESOURCES,
        "PEER_LOST",
        problem,
        "Spark starts the stage again from the last checkpoint. If this repeats, see that"
            + " worker's executor log: most often it ran out of memory.",
        cause);
  }

  static SinterException refused(String problem) {
    return new SinterException(
        ErrorCategory.RESOURCES,
        "PEER_REFUSED",
        problem,
        "A task of an earlier attempt outlived it; it ends here and the newer attempt goes on.");
  }
}
