package dev.sinter.trainer.bench;

import static dev.sinter.trainer.bench.BareLayers.replace;
import static dev.sinter.trainer.bench.BareLayers.sequence;

import dev.sinter.trainer.bench.BareLayers.Bias;
import dev.sinter.trainer.bench.BareLayers.Layer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Residual networks (He et al. 2015) with the stem for ImageNet. */
final class BareResNets {
  private static final int BASIC = 1;
  private static final int BOTTLENECK = 4;

  private final BareLayers layers;

  private BareResNets(BareLayers layers) {
    this.layers = layers;
  }

  static Layer resnet18(BareLayers layers, int channels, int classes) {
    return new BareResNets(layers).build(channels, classes, BASIC, 2, 2, 2, 2);
  }

  static Layer resnet34(BareLayers layers, int channels, int classes) {
    return new BareResNets(layers).build(channels, classes, BASIC, 3, 4, 6, 3);
  }

  static Layer resnet50(BareLayers layers, int channels, int classes) {
    return new BareResNets(layers).build(channels, classes, BOTTLENECK, 3, 4, 6, 3);
  }

  private Layer build(int channels, int classes, int expansion, int... blocks) {
    List<Layer> all = new ArrayList<>();
    all.add(unit(channels, 64, 7, 2));
    all.add(BareLayers.maxPool(3, 2, 1));
    int inputs = 64;
    for (int stage = 0; stage < blocks.length; stage++) {
      int width = 64 << stage;
      for (int block = 0; block < blocks[stage]; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        all.add(block(inputs, width, expansion, stride));
        inputs = width * expansion;
      }
    }
    all.add(BareLayers.globalPool());
    all.add(layers.linear(inputs, classes));
    return sequence(all.toArray(new Layer[0]));
  }

  private Layer block(int inputs, int width, int expansion, int stride) {
    int outputs = width * expansion;
    Layer residual =
        expansion == BASIC
            ? sequence(unit(inputs, width, 3, stride), normalised(width, width, 3, 1))
            : sequence(
                unit(inputs, width, 1, 1),
                unit(width, width, 3, stride),
                normalised(width, outputs, 1, 1));
    Layer shortcut =
        stride == 1 && inputs == outputs ? null : normalised(inputs, outputs, 1, stride);
    Layer relu = layers.relu();
    return x -> {
      Tensor sum = residual.apply(x);
      if (shortcut == null) {
        sum = layers.add(sum, x);
      } else {
        Tensor projected = shortcut.apply(x);
        sum = layers.add(sum, projected);
        projected.close();
      }
      return replace(sum, relu.apply(sum));
    };
  }

  private Layer unit(int inputs, int outputs, int kernel, int stride) {
    return sequence(normalised(inputs, outputs, kernel, stride), layers.relu());
  }

  private Layer normalised(int inputs, int outputs, int kernel, int stride) {
    return sequence(
        layers.convolution(inputs, outputs, kernel, stride, Bias.WITHOUT),
        layers.batchNorm(outputs));
  }
}
