package dev.sinter.model.pretrained.onnx;

import dev.sinter.model.layer.GroupedConvolution2D;
import dev.sinter.model.pretrained.WeightTensor;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;

/** Convolutions and poolings: operators that slide a window. */
final class OnnxWindows {
  private final OnnxVertices vertices;

  OnnxWindows(OnnxVertices vertices) {
    this.vertices = vertices;
  }

  /** A window; the arrays have one number per position axis. */
  private record Window(
      int[] kernel, int[] stride, int[] dilation, int[] before, int[] after, OnnxValue input) {
    boolean isSymmetric() {
      return Arrays.equals(before, after);
    }

    boolean isPadded() {
      return Arrays.stream(before).anyMatch(pad -> pad != 0)
          || Arrays.stream(after).anyMatch(pad -> pad != 0);
    }

    int axes() {
      return kernel.length;
    }
  }

  void convolution(OnnxNode node) {
    WeightTensor kernels = vertices.constant(node, 1);
    boolean bias = node.hasInput(2);
    int outputs = (int) kernels.shape()[0];
    int groups = (int) node.whole("group", 1);
    Window window = padded(node, window(node, positions(kernels)));
    Layer layer;
    if (window.axes() == 1 && groups == 1) {
      layer =
          new Convolution1DLayer.Builder()
              .kernelSize(window.kernel()[0])
              .stride(window.stride()[0])
              .dilation(window.dilation()[0])
              .padding(window.before()[0])
              .convolutionMode(ConvolutionMode.Truncate)
              .nOut(outputs)
              .hasBias(bias)
              .build();
    } else if (window.axes() == 3 && groups == 1) {
      layer =
          new Convolution3D.Builder()
              .kernelSize(window.kernel())
              .stride(window.stride())
              .dilation(window.dilation())
              .padding(window.before())
              .convolutionMode(ConvolutionMode.Truncate)
              .nOut(outputs)
              .hasBias(bias)
              .build();
    } else if (window.axes() == 2) {
      ConvolutionLayer image =
          groups == 1
              ? new ConvolutionLayer.Builder(window.kernel()).nOut(outputs).hasBias(bias).build()
              : new GroupedConvolution2D.Builder(window.kernel())
                  .groups(groups)
                  .nOut(outputs)
                  .hasBias(bias)
                  .build();
      layer = placed(image, window);
    } else {
      throw vertices.refused(node, "has groups in other than two dimensions");
    }
    vertices.layer(node, layer, window.input());
    vertices.weights(node, "weight", kernels);
    if (bias) {
      vertices.weights(node, "bias", vertices.constant(node, 2));
    }
  }

  void transposed(OnnxNode node) {
    WeightTensor kernels = vertices.constant(node, 1);
    boolean bias = node.hasInput(2);
    if (node.whole("group", 1) != 1
        || node.wholes("output_shape").length > 0
        || Arrays.stream(node.wholes("output_padding")).anyMatch(pad -> pad != 0)
        || !node.text("auto_pad", "NOTSET").equals("NOTSET")) {
      throw vertices.refused(node, "has groups, an output_shape, output_padding or auto_pad");
    }
    Window window = window(node, positions(kernels));
    if (!window.isSymmetric()) {
      throw vertices.refused(node, "crops its sides unequally");
    }
    int outputs = (int) kernels.shape()[1];
    ConvolutionLayer layer =
        switch (window.axes()) {
          case 2 ->
              placed(
                  new Deconvolution2D.Builder(window.kernel()).nOut(outputs).hasBias(bias).build(),
                  window);
          case 3 ->
              placed(
                  new Deconvolution3D.Builder()
                      .kernelSize(window.kernel())
                      .nOut(outputs)
                      .hasBias(bias)
                      .build(),
                  window);
          default -> throw vertices.refused(node, "is neither of images nor of volumes");
        };
    vertices.layer(node, layer, window.input());
    vertices.weights(node, "weight", kernels);
    if (bias) {
      vertices.weights(node, "bias", vertices.constant(node, 2));
    }
  }

  void pool(OnnxNode node, PoolingType type) {
    if (node.outputs().size() > 1) {
      throw vertices.refused(node, "also gives the places of its maxima");
    }
    Window window = window(node, node.wholes("kernel_shape"));
    if (Arrays.stream(window.dilation()).anyMatch(dilation -> dilation != 1)) {
      throw vertices.refused(node, "is dilated");
    }
    if (node.whole("ceil_mode", 0) != 0 && roundsUp(window)) {
      throw vertices.refused(node, "rounds its output's size up (ceil_mode)");
    }
    boolean counted = type == PoolingType.AVG && node.whole("count_include_pad", 0) != 0;
    if (counted && window.axes() != 2 && window.isPadded()) {
      throw vertices.refused(node, "counts its padding (count_include_pad) outside of images");
    }
    boolean same = false;
    if (!window.isSymmetric()) {
      same = node.text("auto_pad", "").equals("SAME_UPPER");
      if (!same) {
        throw vertices.refused(node, "pads its sides unequally");
      }
    }
    ConvolutionMode mode = same ? ConvolutionMode.Same : ConvolutionMode.Truncate;
    int[] padding = same ? new int[window.axes()] : window.before();
    Layer layer =
        switch (window.axes()) {
          case 1 -> sequencePool(type, window, padding[0], mode);
          case 2 ->
              new SubsamplingLayer.Builder(type)
                  .kernelSize(window.kernel())
                  .stride(window.stride())
                  .padding(padding)
                  .avgPoolIncludePadInDivisor(counted)
                  .convolutionMode(mode)
                  .build();
          case 3 ->
              new Subsampling3DLayer.Builder(type)
                  .kernelSize(window.kernel())
                  .stride(window.stride())
                  .padding(padding)
                  .convolutionMode(mode)
                  .build();
          default -> throw vertices.refused(node, "slides over " + window.axes() + " axes");
        };
    vertices.layer(node, layer, window.input());
  }

  private static Layer sequencePool(
      PoolingType type, Window window, int padding, ConvolutionMode mode) {
    Subsampling1DLayer pool =
        new Subsampling1DLayer.Builder()
            .kernelSize(window.kernel()[0])
            .stride(window.stride()[0])
            .padding(padding)
            .convolutionMode(mode)
            .build();
    pool.setPoolingType(type); // the builder forgets what it is given, and takes the maximum
    return pool;
  }

  private static ConvolutionLayer placed(ConvolutionLayer layer, Window window) {
    layer.setStride(window.stride());
    layer.setDilation(window.dilation());
    layer.setPadding(window.before());
    layer.setConvolutionMode(ConvolutionMode.Truncate);
    return layer;
  }

  /** The same with equal padding on both sides: what is unequal becomes a layer of its own. */
  private Window padded(OnnxNode node, Window window) {
    if (window.isSymmetric()) {
      return window;
    }
    if (window.axes() != 2) {
      throw vertices.refused(node, "pads its sides unequally");
    }
    OnnxValue padded =
        vertices.layer(
            node.outputs().get(0) + "-padding",
            new ZeroPaddingLayer.Builder(
                    window.before()[0], window.after()[0], window.before()[1], window.after()[1])
                .build(),
            window.input());
    int[] none = new int[2];
    return new Window(window.kernel(), window.stride(), window.dilation(), none, none, padded);
  }

  private Window window(OnnxNode node, int[] kernel) {
    OnnxValue input = vertices.value(node, 0);
    int axes = kernel.length;
    if (input.axes() != axes + 2) {
      throw vertices.refused(
          node, "has a window of " + axes + " axes over a value of " + input.axes());
    }
    int[] strides = orOnes(node.wholes("strides"), axes);
    int[] dilations = orOnes(node.wholes("dilations"), axes);
    int[] before = new int[axes];
    int[] after = new int[axes];
    String auto = node.text("auto_pad", "NOTSET");
    switch (auto) {
      case "NOTSET" -> {
        int[] pads = node.wholes("pads");
        for (int i = 0; i < axes && pads.length == 2 * axes; i++) {
          before[i] = pads[i];
          after[i] = pads[axes + i];
        }
      }
      case "VALID" -> {
        // none
      }
      default -> {
        int[] sizes = input.positions();
        for (int i = 0; i < axes; i++) {
          int outputs = (sizes[i] + strides[i] - 1) / strides[i];
          int span = (kernel[i] - 1) * dilations[i] + 1;
          int total = Math.max(0, (outputs - 1) * strides[i] + span - sizes[i]);
          before[i] = auto.equals("SAME_UPPER") ? total / 2 : total - total / 2;
          after[i] = total - before[i];
        }
      }
    }
    return new Window(kernel, strides, dilations, before, after, input);
  }

  private static boolean roundsUp(Window window) {
    int[] sizes = window.input().positions();
    for (int i = 0; i < sizes.length; i++) {
      int room = sizes[i] + window.before()[i] + window.after()[i] - window.kernel()[i];
      if (room % window.stride()[i] != 0) {
        return true;
      }
    }
    return false;
  }

  private static int[] positions(WeightTensor kernels) {
    long[] shape = kernels.shape();
    return Arrays.stream(shape, 2, shape.length).mapToInt(Math::toIntExact).toArray();
  }

  private static int[] orOnes(int[] given, int axes) {
    if (given.length == axes) {
      return given;
    }
    int[] ones = new int[axes];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** A vector of whole numbers. */
  static int[] wholes(WeightTensor tensor) {
    float[] values = tensor.floats();
    int[] wholes = new int[values.length];
    for (int i = 0; i < wholes.length; i++) {
      wholes[i] = (int) values[i];
    }
    return wholes;
  }
}
