package dev.sinter.trainer.engine.libtorch;

import dev.sinter.error.SinterException;
import java.util.Optional;

/**
 * Where a layer stands, to find its parameters and to name it in an error.
 *
 * @param vertex name of the vertex
 * @param keyPrefix what a wrapper puts before its inner layer's keys
 * @param parameters those of the network
 */
record LayerSite(String vertex, String keyPrefix, ParameterTensors parameters) {
  Parameter parameter(String key) {
    return parameters.get(vertex, keyPrefix + key);
  }

  /** A kernel, and the bias {@code b} if the layer has one. */
  Weights weights(String key, boolean hasBias) {
    return new Weights(parameter(key), hasBias ? Optional.of(parameter("b")) : Optional.empty());
  }

  LayerSite withPrefix(String prefix) {
    return new LayerSite(vertex, keyPrefix + prefix, parameters);
  }

  /** The failure of a layer that cannot be translated. */
  SinterException refusal(String what) {
    return UnsupportedLayer.at(vertex, what);
  }

  /** Refuses everything but one value of an option, absence included. */
  void require(Object actual, Object supported, String option) {
    if (actual != null && !actual.equals(supported)) {
      throw refusal(option + " " + actual);
    }
  }
}
