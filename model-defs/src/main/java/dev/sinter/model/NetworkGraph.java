package dev.sinter.model;

import dev.sinter.model.layer.ChannelGate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * A network under construction. Every method adds one vertex and returns its name, so that a block
 * is a function from vertex name to vertex name.
 *
 * <p>The configuration holds no updater, regularisation or learning rate: the trainer owns them.
 */
final class NetworkGraph {
  /** Name of the network's only input. */
  static final String INPUT = "input";

  private final GraphBuilder builder;
  private final InputType input;
  private final List<Skip> skips = new ArrayList<>();
  private final List<Skip> givenSkips;
  private final Map<String, String> stages = new LinkedHashMap<>();
  private final List<String> outputs = new ArrayList<>();

  NetworkGraph(ModelSpec spec) {
    input = spec.input().inputType();
    givenSkips = spec.skips();
    builder =
        new NeuralNetConfiguration.Builder()
            .seed(spec.seed())
            .dataType(DataType.FLOAT)
            .activation(Activation.IDENTITY)
            .updater(new NoOp())
            .graphBuilder()
            .addInputs(INPUT)
            .setInputTypes(input);
  }

  String layer(String name, Layer layer, String input) {
    builder.addLayer(name, layer, input);
    return name;
  }

  String add(String name, String one, String other) {
    builder.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), one, other);
    return name;
  }

  /** The first input less the second. */
  String subtract(String name, String one, String other) {
    builder.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Subtract), one, other);
    return name;
  }

  /** Multiplies element by element. */
  String multiply(String name, String one, String other) {
    builder.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Product), one, other);
    return name;
  }

  /** Multiplies with a constant. */
  String scale(String name, String input, double factor) {
    builder.addVertex(name, new ScaleVertex(factor), input);
    return name;
  }

  /** Concatenates along the channels, in the order given. */
  String concatenate(String name, String... inputs) {
    builder.addVertex(name, new MergeVertex(), inputs);
    return name;
  }

  /** The last step of a sequence: {@code [N, C, T] -> [N, C]}. */
  String lastStep(String name, String input) {
    builder.addVertex(name, new LastTimeStepVertex(INPUT), input);
    return name;
  }

  /** Adds a skip connection to the finished network. */
  void skip(Skip skip) {
    skips.add(skip);
  }

  /** Concatenates any number of vertices along the channels. */
  String concatenate(String name, List<String> vertices) {
    return concatenate(name, vertices.toArray(String[]::new));
  }

  /** All channels of {@code values} times the one channel of {@code factors}. */
  String gate(String name, String values, String factors) {
    builder.addVertex(name, new ChannelGate(), values, factors);
    return name;
  }

  /** Marks a vertex as the end of a stage, whose output shape the model card states. */
  String endOfStage(String stage, String vertex) {
    stages.put(stage, vertex);
    return vertex;
  }

  /** The main output: what is predicted, and what all metrics are of. */
  void output(String vertex) {
    outputs.add(0, vertex);
  }

  /** A further output, which adds its own loss against the same labels in training. */
  void auxiliaryOutput(String vertex) {
    outputs.add(vertex);
  }

  /** Last vertex of each stage, in order; a skip that joins there belongs to the stage. */
  Map<String, String> stages() {
    Map<String, String> ends = new LinkedHashMap<>(stages);
    for (Skip skip : allSkips()) {
      ends.replaceAll(
          (stage, vertex) -> stages.get(stage).equals(skip.to()) ? skip.vertex() : vertex);
    }
    return Collections.unmodifiableMap(ends);
  }

  private List<Skip> allSkips() {
    List<Skip> all = new ArrayList<>(skips);
    all.addAll(givenSkips);
    return all;
  }

  /** The finished configuration, with everything in it that DL4J would add on first use. */
  ComputationGraphConfiguration configuration() {
    ComputationGraphConfiguration configuration =
        builder.setOutputs(outputs.toArray(String[]::new)).build();
    new ComputationGraph(configuration).calculateIndices(); // stores the topological order
    nameVariables(configuration);
    return SkipSurgery.add(configuration, input, allSkips());
  }

  /**
   * Lists the parameters of each layer as {@link ComputationGraph#init()} does. DL4J reads a batch
   * normalisation's {@code useLogStd} not from the JSON but from this list: while it is empty, a
   * configuration that was written and read would store log10(std) instead of the variance.
   */
  static void nameVariables(ComputationGraphConfiguration configuration) {
    configuration
        .getVertices()
        .forEach(
            (name, vertex) -> {
              if (vertex instanceof LayerVertex layerVertex) {
                NeuralNetConfiguration layer = layerVertex.getLayerConf();
                for (String key : layer.getLayer().initializer().paramKeys(layer.getLayer())) {
                  layer.addVariable(key);
                  configuration.getDefaultConfiguration().addVariable(name + "_" + key);
                }
              }
            });
  }
}
