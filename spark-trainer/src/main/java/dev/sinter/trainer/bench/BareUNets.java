package dev.sinter.trainer.bench;

import static dev.sinter.trainer.bench.BareLayers.concatenate;
import static dev.sinter.trainer.bench.BareLayers.sequence;

import dev.sinter.trainer.bench.BareLayers.Bias;
import dev.sinter.trainer.bench.BareLayers.Layer;
import org.bytedeco.pytorch.Tensor;

/** U-Net (Ronneberger et al. 2015), padded and with batch normalisation. */
final class BareUNets {
  private static final int DEPTH = 4;
  private static final int WIDTH = 64;

  private final BareLayers layers;

  private BareUNets(BareLayers layers) {
    this.layers = layers;
  }

  static Layer unet(BareLayers layers, int channels, int classes) {
    return sequence(
        new BareUNets(layers).level(0, channels, WIDTH),
        layers.convolution(WIDTH, classes, 1, 1, Bias.WITH));
  }

  /** One level and all below it: as many pixels out as in. */
  private Layer level(int level, int inputs, int width) {
    Layer down = pair(inputs, width);
    if (level == DEPTH) {
      return down;
    }
    Layer below =
        sequence(
            BareLayers.maxPool(2, 2, 0),
            level(level + 1, width, 2 * width),
            layers.upConvolution(2 * width, width));
    Layer up = pair(2 * width, width);
    return x -> {
      Tensor skip = down.apply(x);
      Tensor raised = below.apply(skip);
      Tensor both = concatenate(skip, raised);
      skip.close();
      raised.close();
      Tensor result = up.apply(both);
      both.close();
      return result;
    };
  }

  private Layer pair(int inputs, int outputs) {
    return sequence(unit(inputs, outputs), unit(outputs, outputs));
  }

  private Layer unit(int inputs, int outputs) {
    return sequence(
        layers.convolution(inputs, outputs, 3, 1, Bias.WITHOUT),
        layers.batchNorm(outputs),
        layers.relu());
  }
}
