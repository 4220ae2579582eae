package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;

/** Walks a DL4J configuration in topological order and translates each vertex. */
final class GraphTranslator {
  private final ComputationGraphConfiguration configuration;
  private final LayerTranslator layers;

  private GraphTranslator(ComputationGraphConfiguration configuration, LayerTranslator layers) {
    this.configuration = configuration;
    this.layers = layers;
  }

  static Graph translate(ComputationGraphConfiguration configuration, ParameterTensors parameters) {
    return new GraphTranslator(configuration, new LayerTranslator(parameters)).graph();
  }

  private Graph graph() {
    List<String> networkInputs = configuration.getNetworkInputs();
    if (networkInputs.size() != 1) {
      throw UnsupportedLayer.at(networkInputs.toString(), "networks with several inputs");
    }
    Map<String, Integer> slots = new HashMap<>();
    slots.put(networkInputs.get(0), 0);
    List<Graph.Step> steps = new ArrayList<>();
    for (String name : configuration.getTopologicalOrderStr()) {
      if (slots.containsKey(name)) {
        continue;
      }
      int[] inputs =
          configuration.getVertexInputs().get(name).stream().mapToInt(slots::get).toArray();
      slots.put(name, steps.size() + 1);
      steps.add(
          new Graph.Step(
              name, operation(name, configuration.getVertices().get(name)), inputs, new int[0]));
    }
    List<Graph.Output> outputs =
        configuration.getNetworkOutputs().stream()
            .map(name -> new Graph.Output(slots.get(name), loss(name)))
            .toList();
    return new Graph(Overwriting.in(withReleases(steps, outputs)), outputs);
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
    if (vertex instanceof ElementWiseVertex elementWise) {
      return Combinations.elementWise(elementWise.getOp());
    }
    if (vertex instanceof MergeVertex merge) {
      return new Combinations.Merge(merge.getMergeAxis());
    }
    if (vertex instanceof ScaleVertex scale) {
      return new Scale(scale.getScaleFactor());
    }
    throw UnsupportedLayer.at(name, vertex.getClass());
  }

  private Unary layer(String name, LayerVertex vertex) {
    Layer layer = vertex.getLayerConf().getLayer();
    List<Unary> operations = new ArrayList<>();
    if (vertex.getPreProcessor() != null) {
      operations.add(preprocessor(name, vertex.getPreProcessor()));
    }
    LayerTranslator.dropoutBefore(name, layer).ifPresent(operations::add);
    operations.add(layers.translate(name, layer));
    if (layer instanceof ActivationLayer activation) {
      operations.add(Activations.of(name, activation.getActivationFn()));
    } else if (layer instanceof BaseLayer withActivation
        && !configuration.getNetworkOutputs().contains(name)) {
      operations.add(Activations.of(name, withActivation.getActivationFn()));
    }
    operations.removeIf(operation -> operation == Activations.IDENTITY);
    return operations.size() == 1 ? operations.get(0) : new Operation.Sequence(operations);
  }

  private static Unary preprocessor(String vertex, InputPreProcessor preprocessor) {
    if (preprocessor instanceof CnnToFeedForwardPreProcessor) {
      return (input, pass) -> input.dim() == 2 ? input : input.flatten(1, -1);
    }
    throw UnsupportedLayer.at(vertex, preprocessor.getClass());
  }

  private static List<Graph.Step> withReleases(List<Graph.Step> steps, List<Graph.Output> outputs) {
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

  /**
   * Multiplies by a constant.
   *
   * @param factor the constant
   */
  private record Scale(double factor) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      return input.mul(new Scalar(factor));
    }
  }
}
