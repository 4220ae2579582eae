package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.layers.BaseUpsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;

/** The kinds of dropout that DL4J applies to a layer's input. */
final class Dropouts {
  private Dropouts() {}

  /** The dropout before a layer; DL4J never reads it of the others. */
  static Optional<Unary> before(LayerSite site, Layer layer) {
    IDropout dropout = layer.getIDropout();
    boolean applied =
        layer instanceof ConvolutionLayer
            || layer instanceof DenseLayer
            || layer instanceof OutputLayer
            || layer instanceof RnnOutputLayer
            || layer instanceof DropoutLayer
            || layer instanceof LSTM
            || layer instanceof PReLULayer
            || layer instanceof Subsampling3DLayer
            || layer instanceof BaseUpsamplingLayer;
    if (dropout == null || !applied) {
      return Optional.empty();
    }
    if (dropout instanceof org.deeplearning4j.nn.conf.dropout.Dropout plain
        && plain.getPSchedule() == null) {
      return plain.getP() == 1.0 ? Optional.empty() : Optional.of(new Dropout(plain.getP()));
    }
    if (dropout instanceof SpatialDropout spatial && spatial.getPSchedule() == null) {
      return Optional.of(new OfChannels(spatial.getP()));
    }
    if (dropout instanceof GaussianNoise noise && noise.getStddevSchedule() == null) {
      return Optional.of(new Noise(noise.getStddev()));
    }
    if (dropout instanceof GaussianDropout gaussian && gaussian.getRateSchedule() == null) {
      return Optional.of(new Factors(gaussian.getRate()));
    }
    throw UnsupportedLayer.at(site.vertex(), dropout.getClass());
  }

  /**
   * Drops whole channels of a sample.
   *
   * @param retained probability that a channel stays
   */
  record OfChannels(double retained) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      if (!pass.isTraining()) {
        return input;
      }
      long[] shape = new long[Math.toIntExact(input.dim())];
      Arrays.fill(shape, 1);
      shape[0] = input.size(0);
      shape[1] = input.size(1);
      Tensor mask =
          torch
              .empty(shape, input.options(), new MemoryFormatOptional())
              .bernoulli_(retained, pass.generator());
      return input.mul(mask.div(new Scalar(retained)));
    }
  }

  /**
   * Adds Gaussian noise.
   *
   * @param deviation its standard deviation
   */
  record Noise(double deviation) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      return pass.isTraining() ? input.add(gaussian(input, 0, deviation, pass)) : input;
    }
  }

  /**
   * Multiplies with Gaussian noise around one.
   *
   * @param rate what a plain dropout of the same strength would drop
   */
  record Factors(double rate) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      double deviation = Math.sqrt(rate / (1 - rate));
      return pass.isTraining() ? input.mul(gaussian(input, 1, deviation, pass)) : input;
    }
  }

  private static Tensor gaussian(Tensor like, double mean, double deviation, Pass pass) {
    return torch.empty_like(like).normal_(mean, deviation, pass.generator());
  }
}
