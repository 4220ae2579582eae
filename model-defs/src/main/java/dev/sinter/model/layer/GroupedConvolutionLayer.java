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
    INDArray kernelGradient = gradientViews.get(GroupedConvolutionParameters.KERNEL);
    List<INDArray> byInput = new ArrayList<>();
    for (int group = 0; group < layerConf().getGroups(); group++) {
      INDArray kernel = kernel(group);
      INDArray groupInput = channels(input.castTo(dataType), group);
      INDArray inputGradient = Nd4j.createUninitialized(dataType, groupInput.shape());
      INDArray groupGradient = Nd4j.createUninitialized(dataType, kernel.shape());
      Nd4j.exec(
          DynamicCustomOp.builder("conv2d_bp")
              .addInputs(groupInput, kernel, channels(bySums, group))
              .addIntegerArguments(arguments())
              .addOutputs(inputGradient, groupGradient)
              .build());
      slice(kernelGradient, 0, group).assign(groupGradient);
      byInput.add(inputGradient);
    }
    Gradient gradient = new DefaultGradient();
    if (hasBias()) {
      INDArray biasGradient = gradientViews.get(GroupedConvolutionParameters.BIAS);
      biasGradient.assign(bySums.sum(0, 2, 3));
      gradient.setGradientFor(GroupedConvolutionParameters.BIAS, biasGradient);
    }
    gradient.setGradientFor(GroupedConvolutionParameters.KERNEL, kernelGradient, 'c');
    weightNoiseParams.clear();
    INDArray all = Nd4j.concat(CHANNELS, byInput.toArray(INDArray[]::new));
    return new Pair<>(
        gradient, backpropDropOutIfPresent(workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, all)));
  }

  private INDArray sums() {
    List<INDArray> outputs = new ArrayList<>();
    for (int group = 0; group < layerConf().getGroups(); group++) {
      outputs.add(
          Nd4j.exec(
              DynamicCustomOp.builder("conv2d")
                  .addInputs(channels(input.castTo(dataType), group), kernel(group))
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
    GroupedConvolution2D layer = layerConf();
    int same = layer.getConvolutionMode() == ConvolutionMode.Same ? 1 : 0;
    int channelsFirst = 0;
    int outputsFirst = 1; // kernels are (out, in, height, width)
    return new int[] {
      layer.getKernelSize()[0],
      layer.getKernelSize()[1],
      layer.getStride()[0],
      layer.getStride()[1],
      layer.getPadding()[0],
      layer.getPadding()[1],
      layer.getDilation()[0],
      layer.getDilation()[1],
      same,
      channelsFirst,
      outputsFirst
    };
  }

  private INDArray kernel(int group) {
    return slice(getParam(GroupedConvolutionParameters.KERNEL), 0, group).dup('c');
  }

  private INDArray channels(INDArray images, int group) {
    return slice(images, CHANNELS, group).dup('c');
  }

  private INDArray slice(INDArray array, int dimension, int group) {
    long size = array.size(dimension) / layerConf().getGroups();
    var range = NDArrayIndex.interval(group * size, (group + 1) * size);
    var all = NDArrayIndex.all();
    return dimension == 0 ? array.get(range, all, all, all) : array.get(all, range, all, all);
  }
}
