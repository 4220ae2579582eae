package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.ActivationMemory;
import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.layers.Layer;

/** Walks a DL4J configuration in topological order and translates each vertex. */
final class GraphTranslator {
  private final ComputationGraphConfiguration configuration;
  private final ParameterTensors parameters;
  private final LayerTranslator layers;

  private GraphTranslator(
      ComputationGraphConfiguration configuration, ParameterTensors parameters) {
    this.configuration = configuration;
    this.parameters = parameters;
    this.layers = new LayerTranslator(parameters);
  }

  static Graph translate(
      ComputationGraphConfiguration configuration,
      ParameterTensors parameters,
      ActivationMemory memory) {
    return new GraphTranslator(configuration, parameters).graph(memory);
  }

  private Graph graph(ActivationMemory memory) {
    List<String> networkInputs = configuration.getNetworkInputs();
    if (networkInputs.size() != 1) {
      throw UnsupportedLayer.at(networkInputs.toString(), "networks with several inputs");
    }
    if (configuration.getBackpropType() == BackpropType.TruncatedBPTT) {
      throw UnsupportedLayer.at(networkInputs.get(0), "truncated backpropagation through time");
    }
    Map<String, Integer> slots = new HashMap<>();
    slots.put(networkInputs.get(0), 0);
    List<Graph.Step> steps = new ArrayList<>();
    for (String name : configuration.getTopologicalOrderStr()) {
      if (slots.containsKey(name)) {
        continue;
      }
      int[] inputs = inputs(name).stream().mapToInt(slots::get).toArray();
      slots.put(name, steps.size() + 1);
      steps.add(
          new Graph.Step(
              name, operation(name, configuration.getVertices().get(name)), inputs, new int[0]));
    }
    List<Graph.Output> outputs =
        configuration.getNetworkOutputs().stream()
            .map(name -> new Graph.Output(slots.get(name), loss(name)))
            .toList();
    List<Graph.Step> released = withReleases(steps, outputs);
    List<Segment> segments =
        memory == ActivationMemory.RECOMPUTE
            ? Segment.squareRoot(released, outputs)
            : List.of(Segment.whole(released));
    return new Graph(Overwriting.in(released, segments), outputs, segments);
  }

  /** The vertices that one reads; those read behind DL4J's back come last. */
  private List<String> inputs(String vertex) {
    List<String> inputs = configuration.getVertexInputs().get(vertex);
    inputs.stream()
        .filter(configuration.getNetworkOutputs()::contains)
        .forEach(
            output -> {
              throw UnsupportedLayer.at(output, "an output that another vertex reads");
            });
    return configuration.getVertices().get(vertex) instanceof DuplicateToTimeSeriesVertex duplicate
        ? List.of(inputs.get(0), duplicate.getInputName())
        : inputs;
  }

  private Loss loss(String vertex) {
    if (configuration.getVertices().get(vertex) instanceof LayerVertex layerVertex) {
      return Loss.translate(vertex, layerVertex.getLayerConf().getLayer());
    }
    throw UnsupportedLayer.at(vertex, "an output that is not a layer");
  }

  private Operation operation(String name, GraphVertex vertex) {
    if (vertex instanceof LayerVertex layerVertex) {
      return layer(name, layerVertex);
    }
    return Vertices.translate(new LayerSite(name, "", parameters), vertex);
  }

  private Unary layer(String name, LayerVertex vertex) {
    Layer layer = vertex.getLayerConf().getLayer();
    Unary operation =
        configuration.getNetworkOutputs().contains(name)
            ? layers.logits(name, layer)
            : layers.translate(name, layer);
    if (vertex.getPreProcessor() == null) {
      return operation;
    }
    LayerSite site = new LayerSite(name, "", parameters);
    Unary before = Preprocessors.translate(site, vertex.getPreProcessor());
    return new Operation.Sequence(List.of(before, operation));
  }

  /** Marks at each step what nobody reads after it. */
  static List<Graph.Step> withReleases(List<Graph.Step> steps, List<Graph.Output> outputs) {
    int[] lastReader = new int[steps.size() + 1];
    Arrays.fill(lastReader, -1);
    for (int i = 0; i < steps.size(); i++) {
      for (int slot : steps.get(i).inputs()) {
        lastReader[slot] = i;
      }
    }
    outputs.forEach(output -> lastReader[output.slot()] = -1);
    List<Graph.Step> released = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Graph.Step step = steps.get(i);
      int reader = i;
      int[] done =
          Arrays.stream(step.inputs())
              .distinct()
              .filter(slot -> lastReader[slot] == reader)
              .toArray();
      released.add(new Graph.Step(step.vertex(), step.operation(), step.inputs(), done));
    }
    return released;
  }
}
