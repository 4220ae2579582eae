package dev.sinter.api;

import dev.sinter.model.BlockGraph;
import dev.sinter.model.InputShape;
import dev.sinter.trainer.report.NetworkDiagram;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
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
    String svg = NetworkDiagram.of(title, BlockGraph.of(network.getConfiguration(), input));
    return "<img style=\"max-width:100%\" alt=\"network\" src=\"data:image/svg+xml;base64,"
        + Base64.getEncoder().encodeToString(svg.getBytes(StandardCharsets.UTF_8))
        + "\"/>";
  }
}
