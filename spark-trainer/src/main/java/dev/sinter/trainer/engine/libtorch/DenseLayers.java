package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;

/** Layers on vectors, and those that add nothing to their activation, dropout or loss. */
final class DenseLayers {
  private DenseLayers() {}

  static Optional<Unary> translate(LayerSite site, Layer layer) {
    Class<?> type = layer.getClass();
    if (type == DenseLayer.class) {
      DenseLayer dense = (DenseLayer) layer;
      Weights weights = site.weights("W", dense.hasBias());
      return Optional.of(
          dense.hasLayerNorm()
              ? new NormalisedDense(weights, site.parameter("g"))
              : new Dense(weights));
    }
    if (type == OutputLayer.class) {
      return Optional.of(new Dense(site.weights("W", ((OutputLayer) layer).hasBias())));
    }
    if (type == PReLULayer.class) {
      return Optional.of(new ParametricRectifier(site.parameter("W")));
    }
    if (type == CnnLossLayer.class) {
      site.require(((CnnLossLayer) layer).getFormat(), CNN2DFormat.NCHW, "data format");
      return Optional.of(Activations.IDENTITY);
    }
    if (type == Cnn3DLossLayer.class) {
      site.require(
          ((Cnn3DLossLayer) layer).getDataFormat(), Convolution3D.DataFormat.NCDHW, "data format");
      return Optional.of(Activations.IDENTITY);
    }
    if (type == RnnLossLayer.class) {
      Preprocessors.requireChannelsFirst(site, ((RnnLossLayer) layer).getRnnDataFormat());
      return Optional.of(Activations.IDENTITY);
    }
    return type == ActivationLayer.class || type == DropoutLayer.class || type == LossLayer.class
        ? Optional.of(Activations.IDENTITY)
        : Optional.empty();
  }

  /**
   * A rectifier with a trained slope below zero.
   *
   * @param slopes DL4J's shape, 1 where it is shared, in reverse
   */
  record ParametricRectifier(Parameter slopes) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      Tensor value = slopes.value();
      long[] reversed = new long[Math.toIntExact(value.dim())];
      for (int i = 0; i < reversed.length; i++) {
        reversed[i] = reversed.length - 1L - i;
      }
      Tensor factors = value.permute(reversed).to(input.scalar_type());
      return torch.where(input.gt(new Scalar(0.0)), input, input.mul(factors));
    }
  }
}
