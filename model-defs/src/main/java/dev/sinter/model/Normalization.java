package dev.sinter.model;

import dev.sinter.model.ConvolutionBlocks.Bias;
import dev.sinter.model.layer.GroupNormalization;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What follows a convolution; scale and shift per channel are learnt. */
enum Normalization {
  /** Over the micro-batch and all positions. */
  BATCH("bn") {
    @Override
    String layer(NetworkGraph graph, String name, String input, int channels) {
      return ConvolutionBlocks.batchNorm(graph, name, input);
    }
  },
  /** Over the positions of one channel of one sample (Ulyanov et al. 2016, arXiv:1607.08022). */
  INSTANCE("in") {
    @Override
    String layer(NetworkGraph graph, String name, String input, int channels) {
      return grouped(graph, name, input, channels);
    }
  },
  /** Over groups of channels of one sample (Wu and He 2018, arXiv:1803.08494). */
  GROUP("gn") {
    @Override
    String layer(NetworkGraph graph, String name, String input, int channels) {
      return grouped(graph, name, input, groups(channels));
    }
  },
  /** Nothing: the convolution has a bias instead. */
  NONE("") {
    @Override
    String layer(NetworkGraph graph, String name, String input, int channels) {
      return input;
    }
  };

  private static final int MOST_GROUPS = 32;

  private final String abbreviation;

  Normalization(String abbreviation) {
    this.abbreviation = abbreviation;
  }

  static Normalization byWord(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  static List<String> words() {
    return Arrays.stream(values()).map(norm -> norm.name().toLowerCase(Locale.ROOT)).toList();
  }

  /** The vertex is named {@code block-bn1} and the like; keeps the shape. */
  String after(NetworkGraph graph, String block, String suffix, String input, int channels) {
    return layer(graph, block + "-" + abbreviation + suffix, input, channels);
  }

  abstract String layer(NetworkGraph graph, String name, String input, int channels);

  /** A shift makes a bias before it useless. */
  Bias bias() {
    return this == NONE ? Bias.WITH : Bias.WITHOUT;
  }

  /** As many as divide the channels, up to 32, with at least two channels in each. */
  static int groups(int channels) {
    int groups = Math.min(MOST_GROUPS, Math.max(1, channels / 2));
    while (channels % groups != 0) {
      groups--;
    }
    return groups;
  }

  private static String grouped(NetworkGraph graph, String name, String input, int groups) {
    return graph.layer(
        name,
        new GroupNormalization.Builder(groups).epsilon(ConvolutionBlocks.NORM_EPSILON).build(),
        input);
  }
}
