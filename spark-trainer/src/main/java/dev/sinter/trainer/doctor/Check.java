package dev.sinter.trainer.doctor;

import java.util.List;

/** One question about a cluster. Asked on the driver; nothing that it makes stays behind. */
interface Check {
  /** Its name, stable: programs look for it. */
  String name();

  /**
   * Asks; no line where there is nothing to ask about. A {@link dev.sinter.error.SinterException}
   * is a failure too.
   */
  List<Finding> examine(Site site);
}
