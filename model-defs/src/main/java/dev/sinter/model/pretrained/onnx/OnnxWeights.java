package dev.sinter.model.pretrained.onnx;

import dev.sinter.model.pretrained.WeightFile;
import java.nio.file.Path;

/** The weights of an ONNX file without its graph, under the names that the exporter gave them. */
public final class OnnxWeights {
  private OnnxWeights() {}

  /**
   * Reads the initialisers.
   *
   * @throws dev.sinter.error.SinterException {@code WEIGHTS_UNREADABLE}
   */
  public static WeightFile read(Path file) {
    OnnxGraph graph = OnnxGraph.read(file);
    return WeightFile.of(graph.source(), graph.initializers().values());
  }
}
