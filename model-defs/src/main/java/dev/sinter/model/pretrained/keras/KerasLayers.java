package dev.sinter.model.pretrained.keras;

import dev.sinter.model.layer.GroupedConvolution2D;
import dev.sinter.model.pretrained.WeightFile;
import dev.sinter.model.pretrained.WeightTensor;
import java.util.Locale;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.shade.jackson.databind.JsonNode;

/** Keras' layers with weights or windows as DL4J's. */
final class KerasLayers {
  private final WeightFile weights;

  KerasLayers(WeightFile weights) {
    this.weights = weights;
  }

  /**
   * The DL4J layer.
   *
   * @param axes of its input, with the batch
   * @param output whether the network ends here
   */
  Layer of(KerasLayer layer, boolean channelsLast, int axes, boolean output) {
    return switch (layer.type()) {
      case "Dense" -> dense(layer, axes, output);
      case "Conv1D", "Convolution1D" -> sequenceConvolution(layer);
      case "Conv2D", "Convolution2D" -> convolution(layer);
      case "DepthwiseConv2D" -> depthwise(layer);
      case "SeparableConv2D", "SeparableConvolution2D" -> separable(layer);
      case "Conv2DTranspose", "Deconvolution2D" -> transposed(layer);
      case "BatchNormalization" -> batchNorm(layer, channelsLast, axes);
      case "MaxPooling2D" -> pool(layer, PoolingType.MAX);
      case "AveragePooling2D" -> pool(layer, PoolingType.AVG);
      case "MaxPooling1D" -> sequencePool(layer, PoolingType.MAX);
      case "AveragePooling1D" -> sequencePool(layer, PoolingType.AVG);
      case "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D" ->
          global(layer, PoolingType.AVG);
      case "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D" ->
          global(layer, PoolingType.MAX);
      case "Conv3D", "Convolution3D" ->
          KerasVolumes.convolution(layer, mode(layer), activation(layer));
      case "MaxPooling3D" -> KerasVolumes.pool(layer, mode(layer), PoolingType.MAX);
      case "AveragePooling3D" -> KerasVolumes.pool(layer, mode(layer), PoolingType.AVG);
      case "UpSampling3D" -> KerasVolumes.enlarge(layer);
      case "LSTM" -> {
        if (axes != 3) {
          throw layer.refused("gets something else than sequences");
        }
        yield KerasRecurrent.layer(layer);
      }
      case "ZeroPadding2D" -> new ZeroPaddingLayer.Builder(border(layer, "padding")).build();
      case "Cropping2D" -> new Cropping2D.Builder(border(layer, "cropping")).build();
      case "ZeroPadding1D" -> new ZeroPadding1DLayer.Builder(ends(layer, "padding")).build();
      case "Cropping1D" -> new Cropping1D.Builder(ends(layer, "cropping")).build();
      case "UpSampling1D" -> new Upsampling1D.Builder(layer.sides(1, 2, "size")[0]).build();
      case "UpSampling2D" -> {
        if (!layer.config().path("interpolation").asText("nearest").equals("nearest")) {
          throw layer.refused("interpolates");
        }
        yield new Upsampling2D.Builder(2).size(layer.sides(2, 2, "size")).build();
      }
      default -> throw layer.refused("is of a type that Sinter does not import");
    };
  }

  /** A softmax in a convolution's setting, which DL4J would take over the width; else nothing. */
  IActivation activationBehind(KerasLayer layer) {
    boolean convolution = layer.type().contains("Conv") || layer.type().startsWith("Deconv");
    return convolution && KerasActivations.named(layer) instanceof ActivationSoftmax softmax
        ? softmax
        : new ActivationIdentity();
  }

  private IActivation activation(KerasLayer layer) {
    return activationBehind(layer) instanceof ActivationSoftmax
        ? new ActivationIdentity()
        : KerasActivations.named(layer);
  }

  private Layer dense(KerasLayer layer, int axes, boolean output) {
    if (axes != 2) {
      throw layer.refused("gets an image or sequence; Sinter imports it behind a Flatten only");
    }
    int units = layer.any("units", "output_dim").asInt();
    boolean bias = layer.isOn(true, "use_bias", "bias");
    IActivation activation = activation(layer);
    BaseLayer dense =
        output
            ? new OutputLayer.Builder(
                    activation instanceof ActivationSoftmax
                        ? LossFunction.MCXENT
                        : LossFunction.MSE)
                .nOut(units)
                .hasBias(bias)
                .build()
            : new DenseLayer.Builder().nOut(units).hasBias(bias).build();
    dense.setActivationFn(activation);
    return dense;
  }

  private Layer convolution(KerasLayer layer) {
    int[] kernel =
        layer.config().has("nb_row")
            ? new int[] {layer.any("nb_row").asInt(), layer.any("nb_col").asInt()}
            : layer.sides(2, 1, "kernel_size");
    int groups = layer.any("groups").asInt(1);
    ConvolutionLayer convolution =
        groups == 1
            ? new ConvolutionLayer.Builder(kernel)
                .nOut(layer.any("filters", "nb_filter").asInt())
                .hasBias(layer.isOn(true, "use_bias", "bias"))
                .build()
            : new GroupedConvolution2D.Builder(kernel)
                .groups(groups)
                .nOut(layer.any("filters").asInt())
                .hasBias(layer.isOn(true, "use_bias"))
                .build();
    return window(layer, convolution);
  }

  private Layer depthwise(KerasLayer layer) {
    WeightTensor kernels = weights.tensors().get(layer.name() + "/depthwise_kernel");
    if (kernels == null || kernels.shape().length != 4) {
      throw layer.refused("has no depthwise_kernel");
    }
    long[] shape = kernels.shape(); // height, width, inputs, multiplier
    return window(
        layer,
        new DepthwiseConvolution2D.Builder(layer.sides(2, 1, "kernel_size"))
            .depthMultiplier((int) shape[3])
            .nIn(shape[2])
            .nOut(shape[2] * shape[3])
            .hasBias(layer.isOn(true, "use_bias"))
            .build());
  }

  private Layer separable(KerasLayer layer) {
    return window(
        layer,
        new SeparableConvolution2D.Builder(layer.sides(2, 1, "kernel_size"))
            .depthMultiplier(layer.any("depth_multiplier").asInt(1))
            .nOut(layer.any("filters").asInt())
            .hasBias(layer.isOn(true, "use_bias"))
            .build());
  }

  private Layer transposed(KerasLayer layer) {
    if (layer.config().hasNonNull("output_padding")) {
      throw layer.refused("has an output_padding");
    }
    return window(
        layer,
        new Deconvolution2D.Builder(layer.sides(2, 1, "kernel_size"))
            .nOut(layer.any("filters").asInt())
            .hasBias(layer.isOn(true, "use_bias"))
            .build());
  }

  private Layer window(KerasLayer layer, ConvolutionLayer convolution) {
    convolution.setStride(layer.sides(2, 1, "strides", "subsample"));
    convolution.setDilation(layer.sides(2, 1, "dilation_rate"));
    convolution.setConvolutionMode(mode(layer));
    convolution.setActivationFn(activation(layer));
    return convolution;
  }

  private Layer sequenceConvolution(KerasLayer layer) {
    Convolution1DLayer convolution =
        new Convolution1DLayer.Builder()
            .kernelSize(layer.sides(1, 1, "kernel_size", "filter_length")[0])
            .stride(layer.sides(1, 1, "strides", "subsample_length")[0])
            .dilation(layer.sides(1, 1, "dilation_rate")[0])
            .nOut(layer.any("filters", "nb_filter").asInt())
            .hasBias(layer.isOn(true, "use_bias", "bias"))
            .convolutionMode(mode(layer))
            .build();
    convolution.setActivationFn(activation(layer));
    return convolution;
  }

  private static Layer batchNorm(KerasLayer layer, boolean channelsLast, int axes) {
    JsonNode given = layer.config().path("axis");
    int axis = (given.isArray() ? given.path(0) : given).asInt(-1);
    int channels = channelsLast || axes == 2 ? axes - 1 : 1;
    if (axis != channels && !(axis == -1 && channels == axes - 1)) {
      throw layer.refused("normalises axis " + axis + ", which is not the channels");
    }
    return new BatchNormalization.Builder()
        .eps(layer.config().path("epsilon").asDouble(1e-3))
        .decay(layer.config().path("momentum").asDouble(0.99))
        .useLogStd(false)
        .build();
  }

  private static Layer pool(KerasLayer layer, PoolingType type) {
    int[] size = layer.sides(2, 2, "pool_size");
    return new SubsamplingLayer.Builder(type)
        .kernelSize(size)
        .stride(layer.config().hasNonNull("strides") ? layer.sides(2, 1, "strides") : size)
        .convolutionMode(mode(layer))
        .build();
  }

  private static Layer sequencePool(KerasLayer layer, PoolingType type) {
    int size = layer.sides(1, 2, "pool_size", "pool_length")[0];
    boolean given = layer.config().hasNonNull("strides") || layer.config().hasNonNull("stride");
    Subsampling1DLayer pool =
        new Subsampling1DLayer.Builder()
            .kernelSize(size)
            .stride(given ? layer.sides(1, 1, "strides", "stride")[0] : size)
            .convolutionMode(mode(layer))
            .build();
    pool.setPoolingType(type); // the builder forgets what it is given, and takes the maximum
    return pool;
  }

  private static Layer global(KerasLayer layer, PoolingType type) {
    if (layer.isOn(false, "keepdims")) {
      throw layer.refused("keeps the dimensions that it pools");
    }
    return new GlobalPoolingLayer(type);
  }

  private static ConvolutionMode mode(KerasLayer layer) {
    String padding = layer.any("padding", "border_mode").asText("valid").toLowerCase(Locale.ROOT);
    return switch (padding) {
      case "valid" -> ConvolutionMode.Truncate;
      case "same" -> ConvolutionMode.Same;
      default -> throw layer.refused("has the padding " + padding);
    };
  }

  /** Before the first step, and behind the last. */
  private static int[] ends(KerasLayer layer, String key) {
    return layer.sides(2, 1, key);
  }

  /** Top, bottom, left, right, from one number, one per direction, or all four. */
  private static int[] border(KerasLayer layer, String key) {
    JsonNode node = layer.config().path(key);
    if (node.isObject()) {
      throw layer.refused("gives its " + key + " by name");
    }
    int[] border = new int[4];
    for (int i = 0; i < 4; i++) {
      JsonNode side = node.isArray() ? node.path(i / 2) : node;
      border[i] = side.isArray() ? side.path(i % 2).asInt() : side.asInt(1);
    }
    return border;
  }
}
