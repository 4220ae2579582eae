package dev.sinter.trainer.bench;

import static dev.sinter.trainer.bench.BareLayers.concatenate;
import static dev.sinter.trainer.bench.BareLayers.sequence;

import dev.sinter.trainer.bench.BareLayers.Bias;
import dev.sinter.trainer.bench.BareLayers.Layer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Densely connected networks (Huang et al. 2017) for ImageNet: DenseNet-BC, growth rate 32. */
final class BareDenseNets {
  private static final int GROWTH = 32;
  private static final int BOTTLENECK = 4 * GROWTH;

  private final BareLayers layers;

  private BareDenseNets(BareLayers layers) {
    this.layers = layers;
  }

  static Layer densenet121(BareLayers layers, int channels, int classes) {
    return new BareDenseNets(layers).build(channels, classes, 6, 12, 24, 16);
  }

  private Layer build(int channels, int classes, int... blocks) {
    List<Layer> all = new ArrayList<>();
    int width = 2 * GROWTH;
    all.add(layers.convolution(channels, width, 7, 2, Bias.WITHOUT));
    all.add(layers.batchNorm(width));
    all.add(layers.relu());
    all.add(BareLayers.maxPool(3, 2, 1));
    for (int block = 0; block < blocks.length; block++) {
      if (block > 0) {
        all.add(preActivated(width, width / 2, 1));
        all.add(BareLayers.halve());
        width /= 2;
      }
      for (int layer = 0; layer < blocks[block]; layer++) {
        all.add(denseLayer(width));
        width += GROWTH;
      }
    }
    all.add(layers.batchNorm(width));
    all.add(layers.relu());
    all.add(BareLayers.globalPool());
    all.add(layers.linear(width, classes));
    return sequence(all.toArray(new Layer[0]));
  }

  /** Adds {@link #GROWTH} channels. */
  private Layer denseLayer(int inputs) {
    Layer growth =
        sequence(preActivated(inputs, BOTTLENECK, 1), preActivated(BOTTLENECK, GROWTH, 3));
    return x -> {
      Tensor grown = growth.apply(x);
      Tensor all = concatenate(x, grown);
      grown.close();
      return all;
    };
  }

  private Layer preActivated(int inputs, int outputs, int kernel) {
    return sequence(
        layers.batchNorm(inputs),
        layers.relu(),
        layers.convolution(inputs, outputs, kernel, 1, Bias.WITHOUT));
  }
}
