package dev.sinter.trainer.engine.nd4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A frozen batch normalisation of (n, c, ...): a scale and a shift per channel, from the running
 * statistics, in training as well. Its own parameters get no gradient.
 */
final class FixedNormOperation extends BatchNormalization {
  private static final long serialVersionUID = 1;

  FixedNormOperation(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  @Override
  public INDArray preOutput(INDArray values, TrainingMode mode, LayerWorkspaceMgr workspaces) {
    INDArray images = Channels.images(values, dataType);
    INDArray output =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, images.shape(), 'c');
    Channels.normalise(
        images,
        vector(BatchNormalizationParamInitializer.GLOBAL_MEAN),
        vector(BatchNormalizationParamInitializer.GLOBAL_VAR),
        gamma(),
        beta(),
        layerConf().getEps(),
        output);
    return output.reshape(values.shape());
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    INDArray delta = Channels.images(epsilon, dataType);
    INDArray result =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, delta.shape(), 'c');
    INDArray variance = vector(BatchNormalizationParamInitializer.GLOBAL_VAR);
    INDArray scale = gamma().div(Transforms.sqrt(variance.add(layerConf().getEps()), false));
    Channels.scaleAndShift(delta, scale, Channels.zeros(scale), result);
    Gradient gradient = new DefaultGradient();
    gradientViews.forEach((key, view) -> gradient.setGradientFor(key, view.assign(0)));
    return new Pair<>(gradient, result.reshape(epsilon.shape()));
  }

  private INDArray gamma() {
    return layerConf().isLockGammaBeta()
        ? Channels.zeros(vector(BatchNormalizationParamInitializer.GLOBAL_VAR))
            .addi(layerConf().getGamma())
        : vector(BatchNormalizationParamInitializer.GAMMA);
  }

  private INDArray beta() {
    return layerConf().isLockGammaBeta()
        ? Channels.zeros(vector(BatchNormalizationParamInitializer.GLOBAL_VAR))
            .addi(layerConf().getBeta())
        : vector(BatchNormalizationParamInitializer.BETA);
  }

  private INDArray vector(String key) {
    return getParam(key).reshape(layerConf().getNOut());
  }
}
