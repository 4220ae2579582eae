package dev.sinter.model.pretrained.keras;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.nd4j.linalg.activations.IActivation;

/** Keras' layers with windows over volumes as DL4J's. */
final class KerasVolumes {
  private static final Convolution3D.DataFormat NCDHW = Convolution3D.DataFormat.NCDHW;

  private KerasVolumes() {}

  static Layer convolution(KerasLayer layer, ConvolutionMode mode, IActivation activation) {
    if (layer.any("groups").asInt(1) != 1) {
      throw layer.refused("has groups");
    }
    Convolution3D convolution =
        new Convolution3D.Builder(layer.sides(3, 1, "kernel_size"))
            .stride(layer.sides(3, 1, "strides"))
            .dilation(layer.sides(3, 1, "dilation_rate"))
            .convolutionMode(mode)
            .dataFormat(NCDHW)
            .nOut(layer.any("filters").asInt())
            .hasBias(layer.isOn(true, "use_bias"))
            .build();
    convolution.setActivationFn(activation);
    return convolution;
  }

  static Layer pool(KerasLayer layer, ConvolutionMode mode, PoolingType type) {
    if (type == PoolingType.AVG && mode == ConvolutionMode.Same) {
      throw layer.refused("averages with the padding same; Sinter imports the padding valid");
    }
    int[] size = layer.sides(3, 2, "pool_size");
    return new Subsampling3DLayer.Builder(type)
        .kernelSize(size)
        .stride(layer.config().hasNonNull("strides") ? layer.sides(3, 1, "strides") : size)
        .convolutionMode(mode)
        .dataFormat(NCDHW)
        .build();
  }

  static Layer enlarge(KerasLayer layer) {
    int[] size = layer.sides(3, 2, "size");
    if (Arrays.stream(size).distinct().count() != 1) {
      throw layer.refused("enlarges by " + Arrays.toString(size) + ", which differ");
    }
    return new Upsampling3D.Builder(NCDHW, size[0]).build();
  }
}
