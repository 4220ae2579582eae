package dev.sinter.model;

import dev.sinter.model.ConvolutionBlocks.Bias;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.nd4j.linalg.activations.Activation;

/** What the way up of a U-Net gets from the way down. */
enum UNetSkips {
  /** Its features, concatenated before those from below. */
  CONCATENATED {
    @Override
    String join(UNetLayers layers, String name, String skip, Below below, int channels) {
      return layers.graph().concatenate(name + "-skip", skip, below.enlarged());
    }

    @Override
    int channels(int enlarged, int skipped) {
      return skipped + enlarged;
    }
  },

  /** Its features where the level below finds them worth attention, concatenated. */
  GATED {
    @Override
    String join(UNetLayers layers, String name, String skip, Below below, int channels) {
      String gated = attended(layers, name + "-gate", skip, below.features(), channels);
      return CONCATENATED.join(layers, name, gated, below, channels);
    }

    @Override
    int channels(int enlarged, int skipped) {
      return skipped + enlarged;
    }

    /**
     * The additive attention gate of Oktay et al. 2018 (section 2.2): one factor between 0 and 1
     * per position, found at half the size and interpolated.
     */
    private String attended(
        UNetLayers layers, String name, String skip, String signal, int channels) {
      NetworkGraph graph = layers.graph();
      Space space = layers.space();
      int inner = Math.max(1, channels / 2);
      String x = space.convolution(graph, name + "-skip", skip, inner, 2, 2, Bias.WITHOUT);
      String g = space.convolution(graph, name + "-signal", signal, inner, 1, 1, Bias.WITH);
      x = ConvolutionBlocks.relu(graph, name + "-relu", graph.add(name + "-add", x, g));
      x = space.convolution(graph, name + "-score", x, 1, 1, 1, Bias.WITH);
      x = graph.layer(name + "-sigmoid", new ActivationLayer(Activation.SIGMOID), x);
      return graph.gate(name, skip, space.interpolate(graph, name + "-up", x));
    }
  },

  /** Nothing. */
  NONE {
    @Override
    String join(UNetLayers layers, String name, String skip, Below below, int channels) {
      return below.enlarged();
    }

    @Override
    int channels(int enlarged, int skipped) {
      return enlarged;
    }
  };

  /**
   * What comes from the level below.
   *
   * @param features as they are there
   * @param enlarged at the size of this level
   */
  record Below(String features, String enlarged) {}

  /**
   * The input of a level's block.
   *
   * @param skip end of the same level on the way down
   * @param channels of {@code skip}
   */
  abstract String join(UNetLayers layers, String name, String skip, Below below, int channels);

  /** Channels of the joined input. */
  abstract int channels(int enlarged, int skipped);
}
