package dev.sinter.trainer.engine.libtorch;

import dev.sinter.model.WeightedLoss;
import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;

/**
 * The mean loss of logits (samples, classes, ...) against class indices (samples, ...), each
 * position being a row of its own.
 */
interface Loss {
  /** The loss, a scalar. */
  Tensor of(Tensor logits, Tensor labels);

  /** What the network predicts, in the shape of the logits. */
  Tensor predictions(Tensor logits);

  /**
   * A loss times a constant.
   *
   * @param loss what is weighted
   * @param weight the factor
   */
  record Weighted(Loss loss, double weight) implements Loss {
    @Override
    public Tensor of(Tensor logits, Tensor labels) {
      return loss.of(logits, labels).mul(new Scalar(weight));
    }

    @Override
    public Tensor predictions(Tensor logits) {
      return loss.predictions(logits);
    }
  }

  /** Translates the loss of an output layer. */
  static Loss translate(String vertex, Layer layer) {
    return translate(vertex, functionOf(vertex, layer), ((BaseLayer) layer).getActivationFn());
  }

  private static Loss translate(String vertex, ILossFunction function, IActivation activation) {
    if (function instanceof WeightedLoss weighted) {
      return new Weighted(translate(vertex, weighted.getLoss(), activation), weighted.getWeight());
    }
    Class<?> type = function.getClass();
    if (activation instanceof ActivationSoftmax) {
      if (type == LossMCXENT.class || type == LossNegativeLogLikelihood.class) {
        return new ClassLosses.CrossEntropy(factors(((LossMCXENT) function).getWeights()));
      }
      if (type.getSimpleName().equals("DiceCrossEntropyLoss")) {
        return new ClassLosses.DiceCrossEntropy();
      }
    }
    Unary output =
        activation instanceof ActivationSoftmax
            ? (logits, pass) -> logits.softmax(1)
            : Activations.of(vertex, activation);
    if (type == LossBinaryXENT.class && !(activation instanceof ActivationSoftmax)) {
      LossBinaryXENT binary = (LossBinaryXENT) function;
      return new OneHotLosses(
          output, OneHotLosses.binary(binary.getClipEps()), factors(binary.getWeights()), false);
    }
    if (type == LossL2.class || type == LossMSE.class) {
      return new OneHotLosses(
          output,
          OneHotLosses.SQUARE,
          factors(((LossL2) function).getWeights()),
          type == LossMSE.class);
    }
    if (type == LossL1.class || type == LossMAE.class) {
      return new OneHotLosses(
          output,
          OneHotLosses.ABSOLUTE,
          factors(((LossL1) function).getWeights()),
          type == LossMAE.class);
    }
    throw UnsupportedLayer.at(vertex, type.getName() + " with the activation " + activation);
  }

  private static Optional<double[]> factors(INDArray weights) {
    return Optional.ofNullable(weights).map(INDArray::toDoubleVector);
  }

  private static ILossFunction functionOf(String vertex, Layer layer) {
    if (layer instanceof BaseOutputLayer output) {
      return output.getLossFn();
    }
    if (layer instanceof LossLayer loss) {
      return loss.getLossFn();
    }
    if (layer instanceof CnnLossLayer loss) {
      return loss.getLossFn();
    }
    if (layer instanceof Cnn3DLossLayer loss) {
      return loss.getLossFn();
    }
    if (layer instanceof RnnLossLayer loss) {
      return loss.getLossFn();
    }
    throw UnsupportedLayer.at(vertex, layer.getClass().getName() + " as output");
  }
}
