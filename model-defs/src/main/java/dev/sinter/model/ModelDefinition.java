package dev.sinter.model;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * One entry of the registry.
 *
 * @param inputShape default shape of a sample; its kind is the only one that the network takes
 * @param classes default number of classes
 */
record ModelDefinition(
    String name,
    String family,
    String task,
    ModelCard.Paper paper,
    InputShape inputShape,
    int classes,
    List<ModelOption> options,
    Network network) {

  /** Adds all vertices of a network to an empty graph. */
  @FunctionalInterface
  interface Network {
    void build(NetworkGraph graph, ModelSpec spec, OptionValues options, ILossFunction loss);
  }

  NetworkGraph graph(ModelSpec spec) {
    SpecChecks.inputKind(spec, inputShape.kind());
    SpecChecks.channelsAndClasses(spec);
    OptionValues values = OptionValues.of(spec, options);
    ILossFunction loss = Losses.of(spec, task);
    NetworkGraph graph = new NetworkGraph(spec);
    network.build(graph, spec, values, loss);
    return graph;
  }

  ModelSpec defaultSpec() {
    return new ModelSpec(name, inputShape, classes, Losses.CROSS_ENTROPY, Map.of(), 0);
  }
}
