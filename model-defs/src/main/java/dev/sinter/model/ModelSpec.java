package dev.sinter.model;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Everything that decides a network: the same spec gives the same configuration, byte for byte.
 *
 * @param name registered variant, such as {@code resnet18}
 * @param input shape of one sample
 * @param classes number of classes, for a segmentation network with the background
 * @param loss {@code cross-entropy} or {@code dice-cross-entropy}
 * @param options options of the family; values are strings, numbers or booleans
 * @param seed seeds the initial weights
 * @param skips added to the network that the rest describes
 */
public record ModelSpec(
    String name,
    InputShape input,
    int classes,
    String loss,
    Map<String, Object> options,
    long seed,
    List<Skip> skips)
    implements Serializable {

  /** Copies the options, sorted by name. */
  public ModelSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(loss, "loss");
    options = new TreeMap<>(options);
    skips = List.copyOf(skips);
  }

  /** A network without further skips. */
  public ModelSpec(
      String name,
      InputShape input,
      int classes,
      String loss,
      Map<String, Object> options,
      long seed) {
    this(name, input, classes, loss, options, seed, List.of());
  }

  /** The same with skips added to it. */
  public ModelSpec withSkips(List<Skip> added) {
    return new ModelSpec(name, input, classes, loss, options, seed, added);
  }

  /** A network for images. */
  public ModelSpec(
      String name,
      int channels,
      int height,
      int width,
      int classes,
      String loss,
      Map<String, Object> options,
      long seed) {
    this(name, InputShape.image(channels, height, width), classes, loss, options, seed);
  }

  /** Input channels. */
  public int channels() {
    return input.channels();
  }

  /** Height of an image or volume, see {@link InputShape#height()}. */
  public int height() {
    return input.height();
  }

  /** Width of an image or volume, see {@link InputShape#width()}. */
  public int width() {
    return input.width();
  }
}
