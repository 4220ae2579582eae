package dev.sinter.model;

/** What a level of a U-Net computes on its way down, at the bottom and on its way up. */
enum UNetBlocks {
  /** Two 3x3 convolutions (Ronneberger et al. 2015). */
  PAIR {
    @Override
    String encode(UNetLayers layers, String name, String input, Level level) {
      return decode(layers, name, input, level);
    }

    @Override
    String decode(UNetLayers layers, String name, String input, Level level) {
      String x = layers.unit(name, 1, input, level.channels());
      return layers.unit(name, 2, x, level.channels());
    }
  },

  /**
   * Two 3x3x3 convolutions, on the way down with half the channels after the first: "to avoid
   * bottlenecks" (Çiçek et al. 2016), and the transposed convolution keeps its channels.
   */
  WIDENING_PAIR {
    @Override
    String encode(UNetLayers layers, String name, String input, Level level) {
      String x = layers.unit(name, 1, input, level.channels() / 2);
      return layers.unit(name, 2, x, level.channels());
    }

    @Override
    String decode(UNetLayers layers, String name, String input, Level level) {
      return PAIR.decode(layers, name, input, level);
    }

    @Override
    int enlarged(int channels) {
      return 2 * channels;
    }

    @Override
    int fewestChannels() {
      return 2;
    }
  },

  /**
   * Two 3x3 convolutions, each behind its normalisation and rectifier, plus a projected shortcut
   * (Zhang et al. 2017). The first one halves the size; that of the first level begins with the
   * convolution.
   */
  RESIDUAL {
    @Override
    String encode(UNetLayers layers, String name, String input, Level level) {
      return level.number() == 1
          ? unit(layers, name, input, input, level, 1)
          : unit(layers, name, input, activated(layers, name, input, level.inputs()), level, 2);
    }

    @Override
    String decode(UNetLayers layers, String name, String input, Level level) {
      return unit(layers, name, input, activated(layers, name, input, level.inputs()), level, 1);
    }

    @Override
    boolean halves() {
      return true;
    }

    private String activated(UNetLayers layers, String name, String input, int channels) {
      return layers.activated(name, "1", input, channels);
    }

    private String unit(
        UNetLayers layers, String name, String input, String first, Level level, int stride) {
      int channels = level.channels();
      String x = layers.convolution(name + "-conv1", first, channels, 3, stride);
      x = layers.activated(name, "2", x, channels);
      x = layers.convolution(name + "-conv2", x, channels, 3, 1);
      String shortcut = layers.convolution(name + "-shortcut-conv", input, channels, 1, stride);
      shortcut = layers.norm().after(layers.graph(), name + "-shortcut", "", shortcut, channels);
      return layers.graph().add(name + "-add", x, shortcut);
    }
  };

  /**
   * A level.
   *
   * @param number 1 at full size
   * @param inputs channels of the block's input
   * @param channels channels of the block's output
   */
  record Level(int number, int inputs, int channels) {}

  /** The block of the way down, or of the bottom. */
  abstract String encode(UNetLayers layers, String name, String input, Level level);

  /** The block of the way up, behind the skip connection. */
  abstract String decode(UNetLayers layers, String name, String input, Level level);

  /** Whether a block of the way down halves its input itself, so that nothing is pooled. */
  boolean halves() {
    return false;
  }

  /** Channels of what comes from the level below, enlarged, to a level with {@code channels}. */
  int enlarged(int channels) {
    return channels;
  }

  /** Smallest width of the first level. */
  int fewestChannels() {
    return 1;
  }
}
