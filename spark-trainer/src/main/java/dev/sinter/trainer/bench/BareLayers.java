package dev.sinter.trainer.bench;

import dev.sinter.trainer.engine.ComputePrecision;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Layers written directly on libtorch, and the parameters of the network that they make up.
 *
 * <p>What a layer no longer needs it closes at once, as leaving a C++ scope would.
 */
final class BareLayers {
  private static final double MOMENTUM = 0.1;
  private static final double EPSILON = 1e-5;
  private static final long[] NO_PADDING = {0, 0};
  private static final long[] NO_DILATION = {1, 1};

  /** How the loop is written. */
  enum Style {
    /** Channels-last, in place where the backward pass permits it. */
    TUNED,
    /** As the documentation shows it. */
    DEFAULT
  }

  /** Whether a convolution has a bias. */
  enum Bias {
    WITH,
    WITHOUT
  }

  /** A part of a network; leaves its input to the caller. */
  @FunctionalInterface
  interface Layer {
    Tensor apply(Tensor input);
  }

  /** A kernel: 32-bit master weights, and what this step computes with. */
  private static final class Kernel {
    final Tensor master;
    Tensor working;

    Kernel(Tensor master) {
      this.master = master;
      this.working = master;
    }
  }

  private final Style style;
  private final ScalarType type;
  private final List<Tensor> parameters = new ArrayList<>();
  private final List<Kernel> kernels = new ArrayList<>();

  BareLayers(Style style, ComputePrecision precision) {
    this.style = style;
    this.type = precision == ComputePrecision.BF16 ? ScalarType.BFloat16 : ScalarType.Float;
  }

  /** All trained tensors, 32 bits. */
  List<Tensor> parameters() {
    return parameters;
  }

  /** Number of trained values. */
  long parameterCount() {
    return parameters.stream().mapToLong(Tensor::numel).sum();
  }

  /** An image batch in the number format and memory layout of this network. */
  Tensor input(Tensor images) {
    return inLayout(images.to(type));
  }

  /** Casts the weights once per step, within autograd: gradients arrive in 32 bits. */
  void startStep() {
    if (type != ScalarType.Float) {
      for (Kernel kernel : kernels) {
        kernel.working = kernel.master.to(type);
      }
    }
  }

  /** One layer after the other. */
  @SuppressWarnings("ReferenceEquality")
  static Layer sequence(Layer... layers) {
    return input -> {
      Tensor x = input;
      for (Layer layer : layers) {
        Tensor next = layer.apply(x);
        x = x == input ? next : replace(x, next);
      }
      return x;
    };
  }

  /** Closes what was replaced, unless the layer worked in place. */
  @SuppressWarnings("ReferenceEquality")
  static Tensor replace(Tensor old, Tensor next) {
    if (old != next) {
      old.close();
    }
    return next;
  }

  /** Square kernel, padded by (kernel - 1) / 2. */
  Layer convolution(int inputs, int outputs, int kernel, int stride, Bias bias) {
    Kernel weights = kernel((double) outputs * kernel * kernel, outputs, inputs, kernel, kernel);
    Kernel shift = bias == Bias.WITH ? shift(outputs) : null;
    long[] strides = {stride, stride};
    long[] padding = {(kernel - 1) / 2, (kernel - 1) / 2};
    return x -> torch.conv2d(x, weights.working, optional(shift), strides, padding, NO_DILATION, 1);
  }

  /** 2x2 transposed convolution with stride 2. */
  Layer upConvolution(int inputs, int outputs) {
    Kernel weights = kernel(4.0 * outputs, inputs, outputs, 2, 2);
    Kernel shift = shift(outputs);
    long[] strides = {2, 2};
    return x ->
        torch.conv_transpose2d(
            x, weights.working, optional(shift), strides, NO_PADDING, NO_PADDING, 1, NO_DILATION);
  }

  Layer linear(int inputs, int outputs) {
    Kernel weights = kernel(inputs, outputs, inputs);
    Kernel shift = shift(outputs);
    return x -> torch.linear(x, weights.working, optional(shift));
  }

  /** Batch normalisation; its parameters and statistics have 32 bits in any precision. */
  Layer batchNorm(int channels) {
    TensorOptional gamma = new TensorOptional(parameter(torch.ones(channels)));
    TensorOptional beta = new TensorOptional(parameter(torch.zeros(channels)));
    TensorOptional mean = new TensorOptional(torch.zeros(channels));
    TensorOptional variance = new TensorOptional(torch.ones(channels));
    return x -> torch.batch_norm(x, gamma, beta, mean, variance, true, MOMENTUM, EPSILON, false);
  }

  Layer relu() {
    return style == Style.DEFAULT
        ? torch::relu
        : x -> {
          torch.relu_(x);
          return x;
        };
  }

  /** Adds to a fresh tensor, which is the caller's no more. */
  Tensor add(Tensor fresh, Tensor other) {
    if (style == Style.DEFAULT) {
      return replace(fresh, fresh.add(other));
    }
    fresh.add_(other);
    return fresh;
  }

  /** Concatenates channels. */
  static Tensor concatenate(Tensor first, Tensor second) {
    return torch.cat(new TensorVector(first, second), 1);
  }

  static Layer maxPool(int kernel, int stride, int padding) {
    long[] kernels = {kernel, kernel};
    long[] strides = {stride, stride};
    long[] paddings = {padding, padding};
    return x -> torch.max_pool2d(x, kernels, strides, paddings, NO_DILATION, false);
  }

  /** 2x2 means. */
  static Layer halve() {
    long[] two = {2, 2};
    return x -> torch.avg_pool2d(x, two, two, NO_PADDING, false, true, new LongOptional());
  }

  /** Mean over all pixels. */
  static Layer globalPool() {
    return sequence(x -> torch.adaptive_avg_pool2d(x, 1, 1), x -> x.flatten(1, -1));
  }

  private static TensorOptional optional(Kernel shift) {
    return shift == null ? new TensorOptional() : new TensorOptional(shift.working);
  }

  private Kernel kernel(double fan, long... shape) {
    return kernelOf(torch.randn(shape).mul(new Scalar(Math.sqrt(2 / fan))));
  }

  private Kernel shift(int outputs) {
    return kernelOf(torch.zeros(outputs));
  }

  private Kernel kernelOf(Tensor values) {
    Kernel kernel = new Kernel(parameter(inLayout(values)));
    kernels.add(kernel);
    return kernel;
  }

  private Tensor parameter(Tensor values) {
    values.set_requires_grad(true);
    parameters.add(values);
    return values;
  }

  private Tensor inLayout(Tensor tensor) {
    return style == Style.TUNED && tensor.dim() == 4
        ? tensor.contiguous(MemoryFormat.ChannelsLast)
        : tensor;
  }
}
