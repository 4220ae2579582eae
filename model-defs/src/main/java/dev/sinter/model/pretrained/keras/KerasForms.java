package dev.sinter.model.pretrained.keras;

import dev.sinter.model.ParameterTensor;
import dev.sinter.model.pretrained.TensorForm;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;

/** How Keras orders the axes of DL4J's tensors: positions first, then inputs, outputs last. */
final class KerasForms {
  private static final Map<String, String> ENDS =
      Map.of(
          "W", "kernel",
          "b", "bias",
          "gamma", "gamma",
          "beta", "beta",
          "mean", "moving_mean",
          "var", "moving_variance");

  private KerasForms() {}

  /**
   * Form of a tensor.
   *
   * @param name of Keras' layer
   * @param image channels, height and width that a dense layer flattens, channels last; empty if it
   *     gets a vector
   */
  static Optional<TensorForm> of(
      String name, ParameterTensor tensor, Layer layer, Optional<long[]> image) {
    String end = ENDS.get(tensor.key());
    if (end == null) {
      return Optional.empty();
    }
    String full = name + "/" + end;
    long[] shape = tensor.shape();
    if (!tensor.key().equals("W")) {
      return Optional.of(TensorForm.same(full, shape));
    }
    if (layer instanceof DepthwiseConvolution2D) {
      return Optional.of(TensorForm.same(name + "/depthwise_kernel", shape));
    }
    if (layer instanceof ConvolutionLayer) {
      return Optional.of(kernels(full, shape, layer));
    }
    if (tensor.order() != 'f' || shape.length != 2) {
      return Optional.empty();
    }
    long inputs = shape[0];
    long outputs = shape[1];
    return Optional.of(
        image
            .map(
                sides ->
                    new TensorForm(
                        full,
                        new long[] {outputs, sides[0], sides[1], sides[2]},
                        new int[] {2, 3, 1, 0},
                        new long[] {inputs, outputs}))
            .orElseGet(() -> TensorForm.permuted(full, new long[] {outputs, inputs}, 1, 0)));
  }

  private static TensorForm kernels(String name, long[] shape, Layer layer) {
    if (layer instanceof Convolution1DLayer) {
      // DL4J says (outputs, inputs, steps, 1), and reads the numbers as (steps, inputs, outputs).
      return TensorForm.same(name, shape[2], shape[1], shape[0]);
    }
    // (outputs, inputs, height, width); transposed convolutions have inputs and outputs exchanged
    // in both.
    return TensorForm.permuted(name, shape, 2, 3, 1, 0);
  }
}
