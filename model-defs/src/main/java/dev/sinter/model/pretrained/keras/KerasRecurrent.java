package dev.sinter.model.pretrained.keras;

import dev.sinter.model.pretrained.WeightTensor;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.nd4j.linalg.activations.IActivation;

/** Keras' LSTM as DL4J's, whose gates have another order. */
final class KerasRecurrent {
  /** DL4J has candidate, forget, output, input; the place of each in Keras' order. */
  private static final int[] GATES = {2, 1, 3, 0};

  private KerasRecurrent() {}

  static Layer layer(KerasLayer layer) {
    for (String setting : new String[] {"return_state", "go_backwards", "stateful"}) {
      if (layer.isOn(false, setting)) {
        throw layer.refused("has " + setting + ", which Sinter does not import");
      }
    }
    LSTM lstm = new LSTM.Builder().nOut(layer.any("units", "output_dim").asInt()).build();
    lstm.setActivationFn(activation(layer, "activation", "tanh"));
    lstm.setGateActivationFn(activation(layer, "recurrent_activation", "hard_sigmoid"));
    return givesSequences(layer) ? lstm : new LastTimeStep(lstm);
  }

  static boolean givesSequences(KerasLayer layer) {
    return layer.isOn(false, "return_sequences");
  }

  private static IActivation activation(KerasLayer layer, String key, String otherwise) {
    return KerasActivations.named(layer, key, otherwise);
  }

  /** Puts the gates of a layer's tensors into DL4J's order; a missing bias is zero. */
  static void reorder(KerasLayer layer, Map<String, WeightTensor> tensors) {
    int units = layer.any("units", "output_dim").asInt();
    String bias = layer.name() + "/bias";
    if (!layer.isOn(true, "use_bias")) {
      tensors.putIfAbsent(bias, WeightTensor.filled(bias, new long[] {4L * units}, 0));
    }
    for (String end : new String[] {"/kernel", "/recurrent_kernel", "/bias"}) {
      tensors.computeIfPresent(
          layer.name() + end, (name, tensor) -> reordered(name, tensor, units));
    }
  }

  private static WeightTensor reordered(String name, WeightTensor tensor, int units) {
    long[] shape = tensor.shape();
    int columns = 4 * units;
    if (shape.length == 0 || shape[shape.length - 1] != columns) {
      return tensor; // its shape is refused where it is put into the network
    }
    return WeightTensor.derived(
        name,
        shape,
        () -> {
          WeightTensor.Elements given = tensor.elements();
          return index -> {
            int column = index % columns;
            return given.at(index - column + GATES[column / units] * units + column % units);
          };
        });
  }
}
