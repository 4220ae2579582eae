package dev.sinter.trainer.engine;

import dev.sinter.model.ModelSpec;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import java.io.Serializable;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;

/**
 * What is broadcast to the workers: a network's spec and its DL4J configuration, unchanged during a
 * run.
 *
 * @param spec what the configuration was made from
 * @param configurationJson DL4J's JSON
 * @param layout where each tensor lies in the flat vector
 * @param frozen what of it does not train, for now
 */
public record Network(
    ModelSpec spec, String configurationJson, ParameterLayout layout, FrozenParts frozen)
    implements Serializable {

  /** A network of which everything trains. */
  public Network(ModelSpec spec, String configurationJson, ParameterLayout layout) {
    this(spec, configurationJson, layout, FrozenParts.NONE);
  }

  /** The same with something else frozen. */
  public Network with(FrozenParts parts) {
    return new Network(spec, configurationJson, layout, parts);
  }

  /** Wraps a configuration. */
  public static Network of(ModelSpec spec, ComputationGraphConfiguration configuration) {
    // First the layout: it leaves the topological order in the configuration, hence in the JSON.
    ParameterLayout layout = ParameterLayout.of(configuration);
    layout.tensors().forEach(tensor -> nameVariable(configuration, tensor));
    return new Network(spec, configuration.toJson(), layout);
  }

  /**
   * Lists a tensor in its layer's variables, as building the network would: DL4J's JSON has no
   * {@code useLogStd}, its reader looks for a variable called {@code var} instead.
   */
  private static void nameVariable(
      ComputationGraphConfiguration configuration, ParameterTensor tensor) {
    LayerVertex vertex = (LayerVertex) configuration.getVertices().get(tensor.vertex());
    vertex.getLayerConf().addVariable(tensor.key());
  }

  /** Parses the configuration. */
  public ComputationGraphConfiguration configuration() {
    return ComputationGraphConfiguration.fromJson(configurationJson);
  }
}
