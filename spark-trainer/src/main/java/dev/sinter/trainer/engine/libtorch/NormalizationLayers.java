package dev.sinter.trainer.engine.libtorch;

import dev.sinter.model.layer.GroupNormalization;
import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Optional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;

/** Normalisation over a batch, over groups of channels or over neighbouring channels. */
final class NormalizationLayers {
  private NormalizationLayers() {}

  static Optional<Unary> translate(LayerSite site, Layer layer) {
    Class<?> type = layer.getClass();
    if (type == BatchNormalization.class) {
      return Optional.of(batchNorm(site, (BatchNormalization) layer));
    }
    if (type == GroupNormalization.class) {
      GroupNormalization norm = (GroupNormalization) layer;
      return Optional.of(
          new GroupNorm(
              norm.getGroups(),
              site.parameter("gamma"),
              site.parameter("beta"),
              norm.getEpsilon()));
    }
    if (type == LocalResponseNormalization.class) {
      LocalResponseNormalization norm = (LocalResponseNormalization) layer;
      site.require(norm.getDataFormat(), CNN2DFormat.NCHW, "data format");
      return Optional.of(
          new AcrossChannels((long) norm.getN() / 2, norm.getK(), norm.getAlpha(), norm.getBeta()));
    }
    return Optional.empty();
  }

  private static Unary batchNorm(LayerSite site, BatchNormalization layer) {
    site.require(layer.getCnn2DFormat(), CNN2DFormat.NCHW, "data format");
    if (layer.isUseLogStd()) {
      throw site.refusal("batch normalisation with useLogStd(true)");
    }
    if (layer.isLockGammaBeta() && (layer.getGamma() != 1.0 || layer.getBeta() != 0.0)) {
      throw site.refusal("a locked gamma other than 1 or beta other than 0");
    }
    return new BatchNorm(
        layer.isLockGammaBeta() ? nothing() : site.parameter("gamma").optional(),
        layer.isLockGammaBeta() ? nothing() : site.parameter("beta").optional(),
        site.parameter("mean"),
        site.parameter("var"),
        layer.getEps(),
        site.parameters().isFixed(site.vertex())
            ? BatchNorm.Statistics.RUNNING
            : BatchNorm.Statistics.OF_BATCH);
  }

  private static TensorOptional nothing() {
    TensorOptional nothing = new TensorOptional();
    nothing.retainReference();
    return nothing;
  }

  /**
   * Normalises each sample over groups of channels.
   *
   * @param groups number of groups
   * @param gamma scale of each channel
   * @param beta shift of each channel
   * @param epsilon added to the variance
   */
  record GroupNorm(long groups, Parameter gamma, Parameter beta, double epsilon) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      return torch.group_norm(
          input,
          groups,
          new TensorOptional(gamma.value().to(input.scalar_type())),
          new TensorOptional(beta.value().to(input.scalar_type())),
          epsilon,
          false);
    }
  }

  /**
   * Divides by a power of the neighbouring channels' squares.
   *
   * @param reach neighbours on either side
   * @param bias added to the weighted sum
   * @param weight of the sum of squares
   * @param power exponent
   */
  record AcrossChannels(long reach, double bias, double weight, double power) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      long width = 2 * reach + 1;
      // Channels as the rows of an image.
      Tensor squares = input.square().flatten(2, -1).unsqueeze(1);
      Tensor means =
          torch.avg_pool2d(
              squares,
              new long[] {width, 1},
              new long[] {1, 1},
              new long[] {reach, 0},
              false,
              true,
              new LongOptional());
      Tensor divisor =
          means.mul(new Scalar(weight * width)).add(new Scalar(bias)).pow(new Scalar(-power));
      return input.mul(divisor.view_as(input));
    }
  }
}
