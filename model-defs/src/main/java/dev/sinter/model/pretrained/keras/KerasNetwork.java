package dev.sinter.model.pretrained.keras;

import dev.sinter.error.SinterException;
import dev.sinter.model.InputShape;
import dev.sinter.model.ParameterTensor;
import dev.sinter.model.pretrained.GenericNetwork;
import dev.sinter.model.pretrained.GenericNetworks;
import dev.sinter.model.pretrained.NetworkAssembly;
import dev.sinter.model.pretrained.WeightFile;
import dev.sinter.model.pretrained.WeightTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * Reads a sequential or functional Keras network with one input. Images become {@code [N, C, H, W]}
 * and sequences {@code [N, C, T]}, whatever order Keras had them in; kernels, and dense layers
 * behind a flattening, are reordered accordingly.
 */
public final class KerasNetwork {
  private final String source;
  private final List<KerasLayer> layers;
  private final WeightFile weights;
  private final KerasVertices vertices;

  private KerasNetwork(String source, List<KerasLayer> layers, WeightFile weights) {
    this.source = source;
    this.layers = layers;
    this.weights = weights;
    this.vertices =
        new KerasVertices(
            new NeuralNetConfiguration.Builder()
                .activation(Activation.IDENTITY)
                .updater(new NoOp())
                .graphBuilder(),
            weights);
  }

  /**
   * Reads layers and weights.
   *
   * @throws dev.sinter.error.SinterException {@code LAYER_NOT_IMPORTED}, which names the layer;
   *     {@code WEIGHTS_NEED_A_MODEL}; {@code WEIGHTS_UNREADABLE}
   */
  public static GenericNetwork read(Path file) {
    return read(KerasFile.read(file));
  }

  static GenericNetwork read(KerasFile keras) {
    String source = keras.weights().source();
    String json = keras.configuration().orElseThrow(() -> GenericNetworks.needsModel(source));
    JsonNode model;
    try {
      model = new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw KerasLayer.refused(source, "model_config", "is not JSON: " + e.getOriginalMessage());
    }
    try {
      return new KerasNetwork(source, KerasLayer.of(source, model), keras.weights())
          .build(outputs(model));
    } catch (SinterException e) {
      throw e;
    } catch (RuntimeException e) { // DL4J refuses a configuration
      throw KerasLayer.refused(source, "by DL4J's account", "cannot be built: " + e.getMessage());
    }
  }

  /** Of a functional network; a sequential one ends with its last layer. */
  private static List<String> outputs(JsonNode model) {
    List<String> outputs = new ArrayList<>();
    for (JsonNode output : model.path("config").path("output_layers")) {
      outputs.add(output.path(0).asText());
    }
    return outputs;
  }

  private GenericNetwork build(List<String> outputs) {
    if (layers.isEmpty()) {
      throw KerasLayer.refused(source, "model_config", "lists no layers");
    }
    KerasLayer first = layers.get(0);
    Optional<String> order =
        layers.stream().flatMap(layer -> layer.dataFormat().stream()).findFirst();
    boolean channelsLast = order.orElse("channels_last").equals("channels_last");
    for (KerasLayer layer : layers) {
      if (layer.dataFormat().isPresent() && !layer.dataFormat().equals(order)) {
        throw layer.refused("is " + layer.dataFormat().get() + ", others are " + order.get());
      }
    }
    InputType input = inputType(first, channelsLast);
    List<String> ends = outputs.isEmpty() ? List.of(layers.get(layers.size() - 1).name()) : outputs;
    vertices.start(input, channelsLast, ends);
    if (!first.type().equals("InputLayer")) {
      vertices.input(KerasVertices.INPUT);
    }
    for (KerasLayer layer : layers) {
      vertices.add(layer);
    }
    ComputationGraphConfiguration configuration = vertices.finish();
    flattenChannelsFirst(configuration);
    Map<String, InputType> types = configuration.clone().getLayerActivationTypes(input);
    InputType output = types.get(configuration.getNetworkOutputs().get(0));
    return NetworkAssembly.assemble(
        configuration,
        (tensor, layer) ->
            KerasForms.of(
                tensor.vertex(),
                tensor,
                layer,
                flattened(tensor, configuration, types, channelsLast)),
        withDefaults(configuration),
        sides(input),
        sides(output).get(0));
  }

  /** DL4J looks for the channels of a volume at the end, whatever format its layers have. */
  private static void flattenChannelsFirst(ComputationGraphConfiguration configuration) {
    configuration.getVertices().values().stream()
        .filter(LayerVertex.class::isInstance)
        .map(vertex -> ((LayerVertex) vertex).getPreProcessor())
        .filter(Cnn3DToFeedForwardPreProcessor.class::isInstance)
        .forEach(flattening -> ((Cnn3DToFeedForwardPreProcessor) flattening).setNCDHW(true));
  }

  /** The image that a dense layer flattens and whose channels Keras has last. */
  private Optional<long[]> flattened(
      ParameterTensor tensor,
      ComputationGraphConfiguration configuration,
      Map<String, InputType> types,
      boolean channelsLast) {
    String before = configuration.getVertexInputs().get(tensor.vertex()).get(0);
    List<Long> sides = InputShape.sides(types.get(before));
    return channelsLast && sides.size() > 2
        ? Optional.of(sides.stream().mapToLong(Long::longValue).toArray())
        : Optional.empty();
  }

  /**
   * The weights as DL4J has them: batch normalisation whose configuration says that it has no scale
   * or no centre leaves gamma or beta out (elsewhere they are missing); gates have another order.
   */
  private WeightFile withDefaults(ComputationGraphConfiguration configuration) {
    Map<String, WeightTensor> all = new HashMap<>(weights.tensors());
    for (KerasLayer layer : layers) {
      if (layer.type().equals("LSTM")) {
        KerasRecurrent.reorder(layer, all);
      }
      if (configuration.getVertices().get(layer.name()) instanceof LayerVertex vertex
          && vertex.getLayerConf().getLayer() instanceof BatchNormalization norm) {
        if (!layer.isOn(true, "scale")) {
          constant(all, layer.name() + "/gamma", norm.getNOut(), 1);
        }
        if (!layer.isOn(true, "center")) {
          constant(all, layer.name() + "/beta", norm.getNOut(), 0);
        }
      }
    }
    return new WeightFile(source, all);
  }

  private static void constant(
      Map<String, WeightTensor> tensors, String name, long length, float value) {
    tensors.putIfAbsent(name, WeightTensor.filled(name, new long[] {length}, value));
  }

  private static InputType inputType(KerasLayer first, boolean channelsLast) {
    JsonNode shape = first.any("batch_input_shape", "batch_shape");
    for (int i = 1; i < shape.size(); i++) {
      if (!shape.get(i).canConvertToInt() || shape.get(i).asInt() < 1) {
        throw first.refused("leaves the size of its input open: " + shape);
      }
    }
    return switch (shape.size()) {
      case 2 -> InputType.feedForward(shape.get(1).asInt());
      case 3 ->
          channelsLast
              ? InputType.recurrent(shape.get(2).asInt(), shape.get(1).asInt())
              : InputType.recurrent(shape.get(1).asInt(), shape.get(2).asInt());
      case 4 ->
          channelsLast
              ? InputType.convolutional(
                  shape.get(1).asInt(), shape.get(2).asInt(), shape.get(3).asInt())
              : InputType.convolutional(
                  shape.get(2).asInt(), shape.get(3).asInt(), shape.get(1).asInt());
      case 5 -> {
        int from = channelsLast ? 1 : 2;
        yield InputType.convolutional3D(
            Convolution3D.DataFormat.NCDHW,
            shape.get(from).asInt(),
            shape.get(from + 1).asInt(),
            shape.get(from + 2).asInt(),
            shape.get(channelsLast ? 4 : 1).asInt());
      }
      default ->
          throw first.refused("does not say the shape of a vector, sequence, image or volume");
    };
  }

  /** A sequence of open length is said to have one step. */
  private static List<Long> sides(InputType type) {
    return InputShape.sides(type).stream().map(side -> Math.max(1, side)).toList();
  }
}
