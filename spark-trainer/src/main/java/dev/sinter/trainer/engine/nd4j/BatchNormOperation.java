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
import org.nd4j.linalg.api.ops.impl.transforms.same.Square;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Batch normalisation of (n, c, d, h, w), (n, c, h, w) or (n, c), composed of ND4J's operations
 * that run at the speed of memory: its {@code batchnorm_bp} and its variance take ten times as
 * long.
 */
final class BatchNormOperation extends BatchNormalization {
  private static final long serialVersionUID = 1;

  private static final String GAMMA = BatchNormalizationParamInitializer.GAMMA;
  private static final String BETA = BatchNormalizationParamInitializer.BETA;
  private static final String MEAN = BatchNormalizationParamInitializer.GLOBAL_MEAN;
  private static final String VARIANCE = BatchNormalizationParamInitializer.GLOBAL_VAR;

  /** The mean (c) of the last training pass. */
  private transient INDArray batchMean;

  /** The biased variance (c) of the last training pass. */
  private transient INDArray batchVariance;

  BatchNormOperation(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  @Override
  public INDArray preOutput(INDArray values, TrainingMode mode, LayerWorkspaceMgr workspaces) {
    if (!isCovered(values)) {
      return super.preOutput(values, mode, workspaces);
    }
    INDArray images = Channels.images(values, dataType);
    INDArray output =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, images.shape(), 'c');
    if (mode == TrainingMode.TRAIN) {
      long count = images.length() / images.size(1);
      INDArray mean = Channels.sums(images).divi(count);
      // Two passes as DL4J does it: the mean of squares minus the squared mean loses digits.
      Channels.centre(images, mean, output);
      INDArray squares = Nd4j.createUninitialized(dataType, images.shape(), 'c');
      Nd4j.exec(new Square(output, squares));
      INDArray variance = Channels.sums(squares).divi(count);
      batchMean = workspaces.dup(ArrayType.ACTIVATIONS, mean);
      batchVariance = workspaces.dup(ArrayType.ACTIVATIONS, variance);
      Channels.scaleAndShift(output, gamma().div(deviation(variance)), beta(), output);
    } else {
      Channels.normalise(
          images, vector(MEAN), vector(VARIANCE), gamma(), beta(), layerConf().getEps(), output);
    }
    return output.reshape(values.shape());
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    if (!isCovered(input)) {
      return super.backpropGradient(epsilon, workspaces);
    }
    INDArray images = Channels.images(input, dataType);
    INDArray delta = Channels.images(epsilon, dataType);
    double count = (double) images.length() / images.size(1);
    INDArray deviation = deviation(batchVariance);
    INDArray centred = Nd4j.createUninitialized(dataType, images.shape(), 'c');
    Channels.centre(images, batchMean, centred);
    INDArray result =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, images.shape(), 'c');

    INDArray sums = Channels.sums(delta);
    centred.muli(delta, result); // its memory serves for the products first
    INDArray normalisedSums = Channels.sums(result).divi(deviation);

    INDArray scale = gamma().div(deviation);
    Channels.scaleAndShift(delta, scale, scale.mul(sums).divi(-count), result);
    INDArray slope = scale.mul(normalisedSums).divi(deviation).divi(-count);
    Channels.scaleAndShift(centred, slope, Channels.zeros(slope), centred);
    result.addi(centred);
    Gradient gradient = gradient(sums, normalisedSums);
    batchMean = null;
    batchVariance = null;
    return new Pair<>(gradient, result.reshape(input.shape()));
  }

  private Gradient gradient(INDArray sums, INDArray normalisedSums) {
    Gradient gradient = new DefaultGradient();
    if (!layerConf().isLockGammaBeta()) {
      put(gradient, GAMMA, normalisedSums);
      put(gradient, BETA, sums);
    }
    // DL4J's update of a running statistic, as a gradient: what has to be subtracted.
    double share = 1 - layerConf().getDecay();
    put(gradient, MEAN, vector(MEAN).sub(batchMean).muli(share));
    put(gradient, VARIANCE, vector(VARIANCE).sub(batchVariance).muli(share));
    return gradient;
  }

  private void put(Gradient gradient, String key, INDArray values) {
    INDArray view = gradientViews.get(key);
    view.assign(values.reshape(view.shape()));
    gradient.setGradientFor(key, view);
  }

  private INDArray deviation(INDArray variance) {
    return Transforms.sqrt(variance.add(layerConf().getEps()), false);
  }

  private INDArray gamma() {
    return layerConf().isLockGammaBeta() ? constant(layerConf().getGamma()) : vector(GAMMA);
  }

  private INDArray beta() {
    return layerConf().isLockGammaBeta() ? constant(layerConf().getBeta()) : vector(BETA);
  }

  private INDArray constant(double value) {
    return Nd4j.valueArrayOf(new long[] {layerConf().getNOut()}, value, dataType);
  }

  private INDArray vector(String key) {
    return getParam(key).reshape(layerConf().getNOut());
  }

  private static boolean isCovered(INDArray values) {
    return values.rank() == 2 || values.rank() == 4 || values.rank() == 5;
  }

  @Override
  public void clear() {
    super.clear();
    batchMean = null;
    batchVariance = null;
  }
}
