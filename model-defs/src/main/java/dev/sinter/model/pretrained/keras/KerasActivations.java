package dev.sinter.model.pretrained.keras;

import java.util.Map;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;

/** Keras' activation functions. */
final class KerasActivations {
  private static final Map<String, Activation> NAMES =
      Map.ofEntries(
          Map.entry("linear", Activation.IDENTITY),
          Map.entry("relu", Activation.RELU),
          Map.entry("relu6", Activation.RELU6),
          Map.entry("sigmoid", Activation.SIGMOID),
          Map.entry("tanh", Activation.TANH),
          Map.entry("softmax", Activation.SOFTMAX),
          Map.entry("elu", Activation.ELU),
          Map.entry("selu", Activation.SELU),
          Map.entry("softplus", Activation.SOFTPLUS),
          Map.entry("softsign", Activation.SOFTSIGN),
          Map.entry("hard_sigmoid", Activation.HARDSIGMOID),
          Map.entry("swish", Activation.SWISH));

  private KerasActivations() {}

  /** What the setting {@code activation} names; the identity where there is none. */
  static IActivation named(KerasLayer layer) {
    return named(layer, "activation", "linear");
  }

  /** What a setting names. */
  static IActivation named(KerasLayer layer, String key, String otherwise) {
    String name = layer.config().path(key).asText(otherwise);
    Activation activation = NAMES.get(name.equals("null") ? "linear" : name);
    if (activation == null) {
      throw layer.refused("has the " + key + " " + name + ", which Sinter does not import");
    }
    return activation.getActivationFunction();
  }

  /** {@code x >= max: max; x >= threshold: x; else: slope * (x - threshold)}. */
  static IActivation rectifier(KerasLayer layer) {
    double slope = layer.config().path("negative_slope").asDouble(0);
    double threshold = layer.config().path("threshold").asDouble(0);
    boolean limited = layer.config().hasNonNull("max_value");
    double max = layer.config().path("max_value").asDouble();
    if (slope == 0 && threshold == 0) {
      if (!limited) {
        return new ActivationReLU();
      }
      if (max == 6) {
        return new ActivationReLU6();
      }
    } else if (threshold == 0 && !limited) {
      return new ActivationLReLU(slope);
    }
    return new ActivationReLU(limited ? Double.valueOf(max) : null, threshold, slope);
  }

  /** Keras 2's and 3's name of the slope. */
  static IActivation leaky(KerasLayer layer) {
    return new ActivationLReLU(layer.any("alpha", "negative_slope").asDouble(0.3));
  }

  static IActivation exponential(KerasLayer layer) {
    return new ActivationELU(layer.config().path("alpha").asDouble(1));
  }
}
