package dev.sinter.model.pretrained.keras;

import dev.sinter.model.InputShape;
import dev.sinter.model.pretrained.WeightFile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;

/** Keras' layers as vertices of the same names. */
final class KerasVertices {
  /** The network's input where Keras has no layer for it. */
  static final String INPUT = "input";

  private final GraphBuilder builder;
  private final KerasLayers layers;

  /** The vertex that gives what a Keras layer gives. */
  private final Map<String, String> vertices = new HashMap<>();

  /** Keras layers whose output Keras has as a vector and DL4J still as an image. */
  private final Set<String> flat = new HashSet<>();

  /** Axes of a Keras layer's output, with the batch: 4 for an image, 3 for a sequence. */
  private final Map<String, Integer> axes = new HashMap<>();

  private boolean channelsLast;
  private int inputAxes;
  private List<String> ends = List.of();

  KerasVertices(GraphBuilder builder, WeightFile weights) {
    this.builder = builder;
    this.layers = new KerasLayers(weights);
  }

  void start(InputType type, boolean last, List<String> outputs) {
    builder.setInputTypes(type);
    channelsLast = last;
    ends = outputs;
    inputAxes = InputShape.sides(type).size() + 1;
  }

  void input(String name) {
    builder.addInputs(name);
    vertices.put("", name);
    axes.put("", inputAxes);
  }

  ComputationGraphConfiguration finish() {
    builder.setOutputs(ends.stream().map(vertices::get).toArray(String[]::new));
    return builder.build();
  }

  void add(KerasLayer layer) {
    addVertex(layer);
    boolean vector =
        layer.type().equals("Dense")
            || layer.type().startsWith("Global")
            || (layer.type().equals("LSTM") && !KerasRecurrent.givesSequences(layer));
    axes.put(layer.name(), vector ? 2 : axesBefore(layer));
  }

  private int axesBefore(KerasLayer layer) {
    return axes.getOrDefault(before(layer), 2);
  }

  private void addVertex(KerasLayer layer) {
    switch (layer.type()) {
      case "InputLayer" -> {
        if (!vertices.isEmpty()) {
          throw layer.refused("is a second input");
        }
        input(layer.name());
        vertices.put(layer.name(), layer.name());
      }
      case "Flatten" -> {
        if (ends.contains(layer.name())) {
          throw layer.refused("is the network's output");
        }
        pass(layer);
        flat.add(layer.name());
      }
      case "Dropout",
          "SpatialDropout1D",
          "SpatialDropout2D",
          "SpatialDropout3D",
          "GaussianNoise",
          "GaussianDropout" -> {
        if (flat.contains(before(layer)) || ends.contains(layer.name())) {
          pass(layer);
          keepFlat(layer);
        } else {
          double rate = layer.any("rate", "p").asDouble(0);
          place(layer, new DropoutLayer(1 - (layer.type().startsWith("Gauss") ? 0 : rate)));
        }
      }
      case "Activation" -> activation(layer, KerasActivations.named(layer));
      case "ReLU" -> activation(layer, KerasActivations.rectifier(layer));
      case "LeakyReLU" -> activation(layer, KerasActivations.leaky(layer));
      case "ELU" -> activation(layer, KerasActivations.exponential(layer));
      case "Softmax" -> {
        if (layer.config().path("axis").asInt(-1) != -1) {
          throw layer.refused("is along another axis than the last");
        }
        activation(layer, new ActivationSoftmax());
      }
      case "Add" -> merge(layer, ElementWiseVertex.Op.Add);
      case "Multiply" -> merge(layer, ElementWiseVertex.Op.Product);
      case "Subtract" -> merge(layer, ElementWiseVertex.Op.Subtract);
      case "Average" -> merge(layer, ElementWiseVertex.Op.Average);
      case "Maximum" -> merge(layer, ElementWiseVertex.Op.Max);
      case "Concatenate" -> concatenate(layer);
      default -> {
        if (flat.contains(before(layer)) && !layer.type().equals("Dense")) {
          throw layer.refused("follows a Flatten; Sinter imports only Dense there");
        }
        int given = flat.contains(before(layer)) ? 2 : axesBefore(layer);
        place(layer, layers.of(layer, channelsLast, given, ends.contains(layer.name())));
        IActivation outer = layers.activationBehind(layer);
        if (outer instanceof ActivationSoftmax) {
          softmaxOverChannels(layer, vertices.get(layer.name()));
        }
      }
    }
  }

  private void activation(KerasLayer layer, IActivation activation) {
    if (activation instanceof ActivationSoftmax && axesBefore(layer) > 2) {
      if (flat.contains(before(layer))) {
        throw layer.refused("is a softmax over an image");
      }
      softmaxOverChannels(layer, from(layer));
    } else {
      place(layer, new ActivationLayer(activation));
      keepFlat(layer);
    }
  }

  private void softmaxOverChannels(KerasLayer layer, String input) {
    int count = axesBefore(layer);
    if (!ends.contains(layer.name()) || !channelsLast || count < 4) {
      throw layer.refused("is a softmax over an image or sequence in the midst of the network");
    }
    String name = layer.name() + "-softmax";
    builder.addLayer(
        name,
        count == 4
            ? new CnnLossLayer.Builder().activation(Activation.SOFTMAX).build()
            : new Cnn3DLossLayer.Builder(Convolution3D.DataFormat.NCDHW)
                .activation(Activation.SOFTMAX)
                .build(),
        input);
    vertices.put(layer.name(), name);
  }

  private void merge(KerasLayer layer, ElementWiseVertex.Op op) {
    builder.addVertex(layer.name(), new ElementWiseVertex(op), inputs(layer));
    vertices.put(layer.name(), layer.name());
  }

  private void concatenate(KerasLayer layer) {
    int axis = layer.config().path("axis").asInt(-1);
    int last = axesBefore(layer) - 1;
    int channels = channelsLast ? last : 1;
    if (axis != channels && !(axis == -1 && channels == last)) {
      throw layer.refused("joins along axis " + axis + ", which is not the channels");
    }
    builder.addVertex(layer.name(), new MergeVertex(), inputs(layer));
    vertices.put(layer.name(), layer.name());
  }

  private void place(KerasLayer layer, Layer made) {
    builder.addLayer(layer.name(), made, from(layer));
    vertices.put(layer.name(), layer.name());
  }

  /** A layer that changes nothing but perhaps how its input is looked at. */
  private void pass(KerasLayer layer) {
    vertices.put(layer.name(), from(layer));
  }

  private void keepFlat(KerasLayer layer) {
    if (flat.contains(before(layer))) {
      flat.add(layer.name());
    }
  }

  private static String before(KerasLayer layer) {
    return layer.inputs().isEmpty() ? "" : layer.inputs().get(0);
  }

  private String from(KerasLayer layer) {
    return inputs(layer)[0];
  }

  private String[] inputs(KerasLayer layer) {
    List<String> names = layer.inputs().isEmpty() ? List.of("") : layer.inputs();
    return names.stream()
        .map(
            name -> {
              String vertex = vertices.get(name);
              if (vertex == null) {
                throw layer.refused(
                    "has the input \"" + name + "\", which no layer before it gives");
              }
              return vertex;
            })
        .toArray(String[]::new);
  }
}
