package dev.sinter.trainer.engine.libtorch;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;

/** The one failure of translation. */
final class UnsupportedLayer {
  private UnsupportedLayer() {}

  static SinterException at(String vertex, String what) {
    return new SinterException(
        ErrorCategory.USAGE,
        "LAYER_NOT_SUPPORTED",
        "vertex " + vertex + ": the libtorch engine does not know " + what,
        "use DL4J's own executor for this network: engine.name: nd4j");
  }

  static SinterException at(String vertex, Class<?> type) {
    return at(vertex, type.getName());
  }
}
