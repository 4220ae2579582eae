package dev.sinter.api;

import dev.sinter.model.BlockGraph;
import dev.sinter.model.InputShape;
import dev.sinter.trainer.report.NetworkDiagram;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** A network block by block with its skips, for a notebook. */
public final class NetworkDrawing {
  private NetworkDrawing() {}

  /**
   * The drawing as an image of an HTML page, whose styles it leaves alone.
   *
   * @param title above it
   * @param input shape of a sample
   */
  public static String html(String title, ComputationGraph network, InputShape input) {
    return Drawings.image(
        NetworkDiagram.of(title, BlockGraph.of(network.getConfiguration(), input)));
  }
}
