package dev.sinter.model.layer;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Broadcast;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Runs a group normalisation on ND4J. */
final class GroupNormalizationLayer extends BaseLayer<GroupNormalization> {
  private static final long serialVersionUID = 1L;

  GroupNormalizationLayer(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  /**
   * The input with mean 0 and variance 1 within each group.
   *
   * @param values (samples * groups, values of a group)
   * @param factors what they were multiplied with: one over the standard deviation
   */
  private record Normalised(INDArray values, INDArray factors) {}

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray output = byChannel(normalised().values());
    Broadcast.mul(output, getParam(GroupNormalizationParameters.SCALE), output, 1);
    Broadcast.add(output, getParam(GroupNormalizationParameters.SHIFT), output, 1);
    return workspaces.leverageTo(ArrayType.ACTIVATIONS, output.reshape('c', input.shape()));
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    Normalised normalised = normalised();
    INDArray byOutput = byChannel(epsilon.castTo(dataType).dup('c'));
    INDArray scaleGradient = gradientViews.get(GroupNormalizationParameters.SCALE);
    scaleGradient.assign(byOutput.mul(byChannel(normalised.values())).sum(0, 2));
    INDArray shiftGradient = gradientViews.get(GroupNormalizationParameters.SHIFT);
    shiftGradient.assign(byOutput.sum(0, 2));

    Broadcast.mul(byOutput, getParam(GroupNormalizationParameters.SCALE), byOutput, 1);
    INDArray byValues = byGroup(byOutput);
    INDArray projection = byValues.mul(normalised.values()).mean(true, 1);
    INDArray byInput =
        byValues
            .subColumnVector(byValues.mean(true, 1))
            .subi(normalised.values().mulColumnVector(projection))
            .muliColumnVector(normalised.factors());

    Gradient gradient = new DefaultGradient();
    gradient.setGradientFor(GroupNormalizationParameters.SCALE, scaleGradient);
    gradient.setGradientFor(GroupNormalizationParameters.SHIFT, shiftGradient);
    return new Pair<>(
        gradient,
        workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, byInput.reshape('c', input.shape())));
  }

  private Normalised normalised() {
    INDArray values = byGroup(input.castTo(dataType).dup('c'));
    values.subiColumnVector(values.mean(true, 1));
    INDArray variance = values.mul(values).mean(true, 1);
    INDArray factors = Transforms.sqrt(variance.addi(layerConf().getEpsilon()), false).rdivi(1.0);
    return new Normalised(values.muliColumnVector(factors), factors);
  }

  private INDArray byGroup(INDArray array) {
    return array.reshape('c', input.size(0) * layerConf().getGroups(), -1);
  }

  /** (samples, channels, positions). */
  private INDArray byChannel(INDArray array) {
    return array.reshape('c', input.size(0), input.size(1), -1);
  }
}
