package dev.sinter.model.layer;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs an adaptive average pooling on ND4J: each image between two matrices of shares. */
final class AdaptiveAveragePoolingLayer extends AbstractLayer<AdaptiveAveragePooling2D> {
  private static final long serialVersionUID = 1L;

  AdaptiveAveragePoolingLayer(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void clearNoiseWeightParams() {
    // it has no weights
  }

  @Override
  public Type type() {
    return Type.SUBSAMPLING;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray cells = between(rowShares(), input.castTo(dataType), columnShares());
    return workspaces.leverageTo(ArrayType.ACTIVATIONS, cells);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray byInput =
        between(rowShares().transpose(), epsilon.castTo(dataType), columnShares().transpose());
    return new Pair<>(
        new DefaultGradient(), workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, byInput));
  }

  private INDArray rowShares() {
    return shares(layerConf().getHeight(), input.size(2));
  }

  private INDArray columnShares() {
    return shares(layerConf().getWidth(), input.size(3));
  }

  /** What each position gives to each cell: (cells, positions), rows sum to 1. */
  private INDArray shares(long cells, long positions) {
    INDArray shares = Nd4j.zeros(dataType, cells, positions);
    for (long cell = 0; cell < cells; cell++) {
      long from = cell * positions / cells;
      long to = ((cell + 1) * positions + cells - 1) / cells;
      for (long position = from; position < to; position++) {
        shares.putScalar(cell, position, 1.0 / (to - from));
      }
    }
    return shares;
  }

  /** Of every image the product {@code rows * image * columns'}. */
  private static INDArray between(INDArray rows, INDArray images, INDArray columns) {
    INDArray turned = alongLast(images, columns).permute(0, 1, 3, 2);
    return alongLast(turned, rows).permute(0, 1, 3, 2).dup('c');
  }

  private static INDArray alongLast(INDArray images, INDArray matrix) {
    long[] shape = images.shape().clone();
    INDArray lines = images.dup('c').reshape('c', -1, shape[3]);
    shape[3] = matrix.size(0);
    return lines.mmul(matrix.transpose()).dup('c').reshape('c', shape);
  }
}
