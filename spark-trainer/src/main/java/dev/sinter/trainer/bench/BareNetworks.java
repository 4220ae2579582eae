package dev.sinter.trainer.bench;

import dev.sinter.trainer.bench.BareLayers.Layer;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The networks that are also written by hand, at their default options: parameter for parameter
 * those of the registry.
 */
final class BareNetworks {
  /** Makes a network for an input with these channels, and an output of these classes. */
  @FunctionalInterface
  private interface Definition {
    Layer build(BareLayers layers, int channels, int classes);
  }

  private static final Map<String, Definition> DEFINITIONS =
      new TreeMap<>(
          Map.of(
              "resnet18", BareResNets::resnet18,
              "resnet34", BareResNets::resnet34,
              "resnet50", BareResNets::resnet50,
              "densenet121", BareDenseNets::densenet121,
              "unet", BareUNets::unet));

  private BareNetworks() {}

  /** All names, sorted. */
  static Set<String> names() {
    return DEFINITIONS.keySet();
  }

  /** From images to logits. */
  static Layer build(String name, BareLayers layers, int channels, int classes) {
    return DEFINITIONS.get(name).build(layers, channels, classes);
  }
}
