package dev.sinter.model.pretrained.keras;

import dev.sinter.model.ParameterTensor;
import dev.sinter.model.pretrained.TensorForm;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;

/** How Keras orders the axes of DL4J's tensors: positions first, then inputs, outputs last. */
final class KerasForms {
  private static final Map<String, String> ENDS =
      Map.of(
          "W", "kernel",
          "RW", "recurrent_kernel",
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
   * @param image channels and positions that a dense layer flattens, channels last; empty if it
   *     gets a vector
   */
  static Optional<TensorForm> of(
      String name, ParameterTensor tensor, Layer layer, Optional<long[]> image) {
    if (layer instanceof SeparableConvolution2D && !tensor.key().equals("b")) {
      // (multiplier, inputs, height, width), then (outputs, inputs x multiplier, 1, 1)
      String end = tensor.key().equals("W") ? "/depthwise_kernel" : "/pointwise_kernel";
      return Optional.of(TensorForm.permuted(name + end, tensor.shape(), 2, 3, 1, 0));
    }
    String end = ENDS.get(tensor.key());
    if (end == null) {
      return Optional.empty();
    }
    String full = name + "/" + end;
    long[] shape = tensor.shape();
    if (!tensor.key().endsWith("W")) {
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
            .map(sides -> flattening(full, inputs, outputs, sides))
            .orElseGet(() -> TensorForm.permuted(full, new long[] {outputs, inputs}, 1, 0)));
  }

  /** (outputs, channels, positions) as (positions, channels, outputs), the first ones as one. */
  private static TensorForm flattening(String name, long inputs, long outputs, long[] sides) {
    long[] view = LongStream.concat(LongStream.of(outputs), Arrays.stream(sides)).toArray();
    int[] axes = new int[view.length];
    for (int position = 2; position < axes.length; position++) {
      axes[position - 2] = position;
    }
    axes[axes.length - 2] = 1;
    axes[axes.length - 1] = 0;
    return new TensorForm(name, view, axes, new long[] {inputs, outputs});
  }

  private static TensorForm kernels(String name, long[] shape, Layer layer) {
    if (layer instanceof Convolution1DLayer) {
      // DL4J says (outputs, inputs, steps, 1), and reads the numbers as (steps, inputs, outputs).
      return TensorForm.same(name, shape[2], shape[1], shape[0]);
    }
    if (layer instanceof Convolution3D) {
      return TensorForm.permuted(name, shape, 2, 3, 4, 1, 0);
    }
    // (outputs, inputs, height, width); transposed convolutions have inputs and outputs exchanged
    // in both.
    return TensorForm.permuted(name, shape, 2, 3, 1, 0);
  }
}
