package dev.sinter.trainer.engine.nd4j;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution (n, in, h, w) to (n, out, h', w'), or a transposed one, by ND4J's own operation:
 * oneDNN in float32, a generic kernel in float64.
 */
final class ConvolutionOperation extends ConvolutionLayer {
  private static final long serialVersionUID = 1;

  private static final String WEIGHT = "W";
  private static final String BIAS = "b";

  /** Which operation; both take DL4J's weights as they lie in the flat vector. */
  enum Direction {
    /** Weights (out, in, height, width). */
    FORWARD("conv2d"),
    /** Weights (in, out, height, width). */
    TRANSPOSED("deconv2d");

    private final String operation;

    Direction(String operation) {
      this.operation = operation;
    }
  }

  private final Direction direction;
  private final boolean outputsMayChange;

  /** Before the activation, or after a ReLU that nobody overwrites; of the last training pass. */
  private transient INDArray retained;

  /**
   * Creates the layer.
   *
   * @param outputsMayChange whether a layer behind this one may write into its output
   */
  ConvolutionOperation(
      NeuralNetConfiguration configuration,
      DataType type,
      Direction direction,
      boolean outputsMayChange) {
    super(configuration, type);
    this.direction = direction;
    this.outputsMayChange = outputsMayChange;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    applyDropOutIfNecessary(training, workspaces);
    validateInputRank();
    validateInputDepth(layerConf().getNIn());
    INDArray images = Contiguous.of(input.castTo(dataType));
    INDArray output =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, outputShape(images), 'c');
    SampleChunks.of(images, output)
        .forEach(
            (from, to) ->
                Nd4j.exec(
                    operation(direction.operation)
                        .addInputs(withParameters(SampleChunks.part(images, from, to)))
                        .addOutputs(SampleChunks.part(output, from, to))
                        .build()));
    return activated(output, training, workspaces);
  }

  private INDArray activated(INDArray output, boolean training, LayerWorkspaceMgr workspaces) {
    IActivation activation = layerConf().getActivationFn();
    if (activation instanceof ActivationIdentity) {
      return output;
    }
    if (Rectification.isPlain(activation) && !outputsMayChange) {
      Rectification.forward(output, output);
      retained = training ? output : null;
      return output;
    }
    // Activations work in place, and their derivative needs what they were given.
    retained = training ? workspaces.dup(ArrayType.ACTIVATIONS, output) : null;
    return activation.getActivation(output, training);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray images = Contiguous.of(input.castTo(dataType));
    INDArray delta = Contiguous.of(beforeActivation(epsilon.castTo(dataType)));
    INDArray imageGradient =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, images.shape(), 'c');
    INDArray weights = getParam(WEIGHT);
    INDArray sums = gradientViews.get(WEIGHT);
    SampleChunks.of(images, delta)
        .forEach(
            (from, to) -> {
              // The operation overwrites: later ranges go through an array of their own.
              INDArray part = from == 0 ? sums : sums.ulike();
              Nd4j.exec(
                  operation(direction.operation + "_bp")
                      .addInputs(
                          SampleChunks.part(images, from, to),
                          weights,
                          SampleChunks.part(delta, from, to))
                      .addOutputs(SampleChunks.part(imageGradient, from, to), part)
                      .build());
              if (from > 0) {
                sums.addi(part);
              }
            });
    retained = null;
    return new Pair<>(gradient(sums, delta), backpropDropOutIfPresent(imageGradient));
  }

  private INDArray beforeActivation(INDArray epsilon) {
    IActivation activation = layerConf().getActivationFn();
    if (activation instanceof ActivationIdentity) {
      return epsilon;
    }
    if (Rectification.isPlain(activation)) {
      INDArray delta = Nd4j.createUninitialized(dataType, retained.shape(), 'c');
      Rectification.backward(retained, Contiguous.of(epsilon), delta);
      return delta;
    }
    return activation.backprop(retained, epsilon).getFirst();
  }

  private Gradient gradient(INDArray sums, INDArray delta) {
    Gradient gradient = new DefaultGradient();
    if (hasBias()) {
      // Not by the operation, which adds pixel after pixel and loses digits.
      INDArray view = gradientViews.get(BIAS);
      view.assign(Channels.sums(delta).reshape(view.shape()));
      gradient.setGradientFor(BIAS, view);
    }
    gradient.setGradientFor(WEIGHT, sums, 'c');
    return gradient;
  }

  private INDArray[] withParameters(INDArray images) {
    return hasBias()
        ? new INDArray[] {images, getParam(WEIGHT), getParam(BIAS)}
        : new INDArray[] {images, getParam(WEIGHT)};
  }

  private DynamicCustomOp.DynamicCustomOpsBuilder operation(String name) {
    var layer = layerConf();
    int[] kernel = layer.getKernelSize();
    int[] stride = layer.getStride();
    int[] padding = layer.getPadding();
    int[] dilation = layer.getDilation();
    int same = layer.getConvolutionMode() == ConvolutionMode.Same ? 1 : 0;
    int channelsFirst = 0;
    int weightsAsInDl4j = 1;
    // All in one call: each is checked for its count.
    return DynamicCustomOp.builder(name)
        .addIntegerArguments(
            kernel[0],
            kernel[1],
            stride[0],
            stride[1],
            padding[0],
            padding[1],
            dilation[0],
            dilation[1],
            same,
            channelsFirst,
            weightsAsInDl4j);
  }

  private long[] outputShape(INDArray images) {
    var layer = layerConf();
    ConvolutionMode mode = layer.getConvolutionMode();
    int[] padding = mode == ConvolutionMode.Same ? null : layer.getPadding();
    int[] size =
        direction == Direction.FORWARD
            ? ConvolutionUtils.getOutputSize(
                images,
                layer.getKernelSize(),
                layer.getStride(),
                padding,
                mode,
                layer.getDilation(),
                CNN2DFormat.NCHW)
            : ConvolutionUtils.getDeconvolutionOutputSize(
                images,
                layer.getKernelSize(),
                layer.getStride(),
                padding,
                mode,
                layer.getDilation(),
                CNN2DFormat.NCHW);
    return new long[] {images.size(0), layer.getNOut(), size[0], size[1]};
  }

  @Override
  public void clear() {
    super.clear();
    retained = null;
  }
}
