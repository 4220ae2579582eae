package dev.sinter.model;

import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Everything that decides a network: the same spec gives the same configuration, byte for byte.
 *
 * @param name registered variant, such as {@code resnet18}
 * @param channels input channels
 * @param height input height in pixels
 * @param width input width in pixels
 * @param classes number of classes, for a segmentation network with the background
 * @param loss {@code cross-entropy} or {@code dice-cross-entropy}
 * @param options options of the family; values are strings, numbers or booleans
 * @param seed seeds the initial weights
 */
public record ModelSpec(
    String name,
    int channels,
    int height,
    int width,
    int classes,
    String loss,
    Map<String, Object> options,
    long seed)
    implements Serializable {

  /** Copies the options, sorted by name. */
  public ModelSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(loss, "loss");
    options = new TreeMap<>(options);
  }
}
