package dev.sinter.trainer.training;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.DiceCrossEntropyLoss;
import dev.sinter.model.LayerTable;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.NetworkParts;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.pretrained.NetworkFiles;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * The network of a run: a registered one, or that of the file {@code model.configuration}.
 *
 * @param network fit for the dataset
 * @param parts of it that have names
 * @param weights that the file holds, in the order of the flat vector
 */
public record RunNetwork(Network network, NetworkParts parts, Optional<float[]> weights) {
  private static final String DICE = "dice-cross-entropy";

  /**
   * Builds or reads it.
   *
   * @throws SinterException {@code NETWORK_DATA_MISMATCH} when it does not fit the dataset, and
   *     whatever is wrong with the specification or the file
   */
  public static RunNetwork of(RunConfig run, DatasetManifest dataset, Configuration hadoop) {
    ModelSpec spec = TrainingSettings.model(run, dataset);
    if (run.model().configuration().isEmpty()) {
      Network network = Network.of(spec, ModelRegistry.configuration(spec));
      return new RunNetwork(network, ModelRegistry.parts(spec), Optional.empty());
    }
    String file = run.model().configuration().get();
    NetworkFiles.Contents contents = NetworkFiles.read(file, hadoop);
    ComputationGraphConfiguration configuration = contents.configuration();
    requireFit(file, configuration, spec);
    Network network = Network.of(withItsLoss(spec, configuration), configuration);
    return new RunNetwork(network, NetworkParts.of(network.configuration()), contents.parameters());
  }

  /** The parts of a network that has been built. */
  static NetworkParts parts(RunConfig run, Network network) {
    return run.model().configuration().isEmpty()
        ? ModelRegistry.parts(network.spec())
        : NetworkParts.of(network.configuration());
  }

  private static void requireFit(
      String file, ComputationGraphConfiguration configuration, ModelSpec spec) {
    if (configuration.getNetworkInputs().size() != 1
        || configuration.getNetworkOutputs().size() != 1) {
      throw mismatch(
          file,
          "it has inputs "
              + configuration.getNetworkInputs()
              + " and outputs "
              + configuration.getNetworkOutputs(),
          "give a network with one input and one output layer");
    }
    requireChannels(file, configuration, spec);
    List<Long> output;
    try {
      String last = configuration.getNetworkOutputs().get(0);
      output = LayerTable.of(configuration, spec.input()).row(last).outputShape();
    } catch (RuntimeException e) { // DL4J's own words: it checks types, not sizes
      throw mismatch(
          file,
          "it does not take samples of " + spec.input() + ": " + e.getMessage(),
          "give a network for that input, or prepare the data otherwise");
    }
    if (output.get(0) != spec.classes()) {
      throw mismatch(
          file,
          "its output has " + output.get(0) + " classes, the dataset " + spec.classes(),
          "give the output layer nOut " + spec.classes());
    }
  }

  /** Sizes that DL4J would only meet as arrays that do not fit. */
  private static void requireChannels(
      String file, ComputationGraphConfiguration configuration, ModelSpec spec) {
    String input = configuration.getNetworkInputs().get(0);
    for (Map.Entry<String, List<String>> vertex : configuration.getVertexInputs().entrySet()) {
      if (vertex.getValue().contains(input)
          && configuration.getVertices().get(vertex.getKey()) instanceof LayerVertex layer
          && layer.getPreProcessor() == null
          && layer.getLayerConf().getLayer() instanceof FeedForwardLayer first
          && first.getNIn() != spec.channels()) {
        throw mismatch(
            file,
            vertex.getKey()
                + " takes "
                + first.getNIn()
                + " channels, the samples have "
                + spec.channels(),
            "give it nIn " + spec.channels());
      }
    }
  }

  /** The configuration's own loss is the one that is computed. */
  private static ModelSpec withItsLoss(ModelSpec spec, ComputationGraphConfiguration network) {
    boolean dice =
        network.getVertices().get(network.getNetworkOutputs().get(0)) instanceof LayerVertex vertex
            && lossOf(vertex.getLayerConf().getLayer()) instanceof DiceCrossEntropyLoss;
    return new ModelSpec(
        spec.name(),
        spec.input(),
        spec.classes(),
        dice ? DICE : "cross-entropy",
        spec.options(),
        spec.seed());
  }

  private static ILossFunction lossOf(Layer layer) {
    if (layer instanceof CnnLossLayer perPixel) {
      return perPixel.getLossFn();
    }
    if (layer instanceof Cnn3DLossLayer perVoxel) {
      return perVoxel.getLossFn();
    }
    return layer instanceof BaseOutputLayer output ? output.getLossFn() : null;
  }

  private static SinterException mismatch(String file, String problem, String remedy) {
    return new SinterException(
        ErrorCategory.USAGE,
        "NETWORK_DATA_MISMATCH",
        "the network of model.configuration " + file + " does not fit the dataset: " + problem,
        remedy);
  }
}
