package dev.sinter.model.layer;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Runs a grouped convolution as one ND4J convolution per group. */
final class GroupedConvolutionLayer extends BaseLayer<GroupedConvolution2D> {
  private static final long serialVersionUID = 1L;
  private static final int CHANNELS = 1;

  GroupedConvolutionLayer(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public boolean hasBias() {
    return layerConf().hasBias();
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    applyDropOutIfNecessary(training, workspaces);
    INDArray sums = sums();
    return workspaces.leverageTo(
        ArrayType.ACTIVATIONS, layerConf().getActivationFn().getActivation(sums, training));
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray bySums = layerConf().getActivationFn().backprop(sums(), epsilon).getFirst();
    INDArray padded = padded();
    INDArray kernelGradient = gradientViews.get(GroupedConvolutionParameters.KERNEL);
    List<INDArray> byKernel = new ArrayList<>();
    List<INDArray> byInput = new ArrayList<>();
    for (int group = 0; group < layerConf().getGroups(); group++) {
      INDArray kernel = kernel(group);
      INDArray groupInput = channels(padded, group);
      INDArray inputGradient = Nd4j.createUninitialized(dataType, groupInput.shape());
      INDArray groupGradient = Nd4j.createUninitialized(dataType, kernel.shape());
      Nd4j.exec(
          DynamicCustomOp.builder("conv2d_bp")
              .addInputs(groupInput, kernel, channels(bySums, group))
              .addIntegerArguments(arguments())
              .addOutputs(inputGradient, groupGradient)
              .build());
      byKernel.add(taps(groupGradient).dup('c'));
      byInput.add(inputGradient);
    }
    kernelGradient.assign(Nd4j.concat(0, byKernel.toArray(INDArray[]::new)));
    Gradient gradient = new DefaultGradient();
    if (hasBias()) {
      INDArray biasGradient = gradientViews.get(GroupedConvolutionParameters.BIAS);
      biasGradient.assign(bySums.sum(0, 2, 3));
      gradient.setGradientFor(GroupedConvolutionParameters.BIAS, biasGradient);
    }
    gradient.setGradientFor(GroupedConvolutionParameters.KERNEL, kernelGradient, 'c');
    weightNoiseParams.clear();
    INDArray byPadded = Nd4j.concat(CHANNELS, byInput.toArray(INDArray[]::new));
    INDArray all = inner(byPadded, border()).dup('c');
    return new Pair<>(
        gradient, backpropDropOutIfPresent(workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, all)));
  }

  private INDArray sums() {
    INDArray padded = padded();
    List<INDArray> outputs = new ArrayList<>();
    for (int group = 0; group < layerConf().getGroups(); group++) {
      outputs.add(
          Nd4j.exec(
              DynamicCustomOp.builder("conv2d")
                  .addInputs(channels(padded, group), kernel(group))
                  .addIntegerArguments(arguments())
                  .build())[0]);
    }
    INDArray sums = Nd4j.concat(CHANNELS, outputs.toArray(INDArray[]::new));
    if (hasBias()) {
      INDArray bias = getParam(GroupedConvolutionParameters.BIAS);
      sums.addi(bias.reshape(1, bias.length(), 1, 1).broadcast(sums.shape()));
    }
    return sums;
  }

  private int[] arguments() {
    int[] stride = layerConf().getStride();
    int noPadding = 0; // the input has it already
    int noDilation = 1; // the kernel has it already
    int givenPadding = 0;
    int channelsFirst = 0;
    int outputsFirst = 1; // kernels are (out, in, height, width)
    return new int[] {
      Math.toIntExact(extent(0)),
      Math.toIntExact(extent(1)),
      stride[0],
      stride[1],
      noPadding,
      noPadding,
      noDilation,
      noDilation,
      givenPadding,
      channelsFirst,
      outputsFirst
    };
  }

  /** With zeros between the taps of a dilated kernel: ND4J's own dilation fails in float32. */
  private INDArray kernel(int group) {
    // A copy: ND4J gives an empty slice of a view of the parameter vector.
    INDArray kernels = getParam(GroupedConvolutionParameters.KERNEL).dup('c');
    long[] shape = kernels.shape();
    int groups = layerConf().getGroups();
    INDArray kernel =
        kernels.reshape('c', groups, shape[0] / groups, shape[1], shape[2], shape[3]).slice(group);
    INDArray spread = Nd4j.zeros(dataType, kernel.size(0), kernel.size(1), extent(0), extent(1));
    taps(spread).assign(kernel);
    return spread;
  }

  private INDArray taps(INDArray spread) {
    int[] dilation = layerConf().getDilation();
    return spread.get(
        NDArrayIndex.all(),
        NDArrayIndex.all(),
        NDArrayIndex.interval(0, dilation[0], extent(0)),
        NDArrayIndex.interval(0, dilation[1], extent(1)));
  }

  private long extent(int dimension) {
    GroupedConvolution2D layer = layerConf();
    return (layer.getKernelSize()[dimension] - 1L) * layer.getDilation()[dimension] + 1;
  }

  private INDArray channels(INDArray images, int group) {
    long size = images.size(CHANNELS) / layerConf().getGroups();
    return images
        .get(
            NDArrayIndex.all(),
            NDArrayIndex.interval(group * size, (group + 1) * size),
            NDArrayIndex.all(),
            NDArrayIndex.all())
        .dup('c');
  }

  /** What goes above, below, left and right. */
  private long[] border() {
    GroupedConvolution2D layer = layerConf();
    long[] border = new long[4];
    for (int i = 0; i < 2; i++) {
      long total = 2L * layer.getPadding()[i];
      if (layer.getConvolutionMode() == ConvolutionMode.Same) {
        long size = input.size(i + 2);
        int stride = layer.getStride()[i];
        total = Math.max(0, ((size + stride - 1) / stride - 1) * stride + extent(i) - size);
      }
      border[2 * i] = total / 2;
      border[2 * i + 1] = total - total / 2;
    }
    return border;
  }

  private INDArray padded() {
    long[] border = border();
    INDArray images = input.castTo(dataType);
    INDArray padded =
        Nd4j.zeros(
            dataType,
            images.size(0),
            images.size(CHANNELS),
            images.size(2) + border[0] + border[1],
            images.size(3) + border[2] + border[3]);
    inner(padded, border).assign(images);
    return padded;
  }

  /** The images within their border. */
  private static INDArray inner(INDArray padded, long[] border) {
    return padded.get(
        NDArrayIndex.all(),
        NDArrayIndex.all(),
        NDArrayIndex.interval(border[0], padded.size(2) - border[1]),
        NDArrayIndex.interval(border[2], padded.size(3) - border[3]));
  }
}
