package dev.sinter.model;

import java.util.Map;

/** Specs for tests. */
final class ModelSpecs {
  private ModelSpecs() {}

  static ModelSpec classification(String name, int size, Map<String, Object> options) {
    return new ModelSpec(name, 3, size, size, 5, "cross-entropy", options, 7);
  }

  static ModelSpec segmentation(int size, Map<String, Object> options) {
    return segmentation("unet", size, options);
  }

  static ModelSpec segmentation(String name, int size, Map<String, Object> options) {
    return new ModelSpec(name, 1, size, size, 3, "cross-entropy", options, 7);
  }

  /** The smallest spec of a network that still trains all its parameters. */
  static ModelSpec tiny(String name) {
    ModelCard card = ModelRegistry.card(name);
    if (card.inputShape().kind() == InputShape.Kind.VOLUME) {
      InputShape volume = InputShape.volume(1, 8, 16, 8);
      return new ModelSpec(name, volume, 3, "cross-entropy", Map.of("width", 4), 7);
    }
    return card.task().equals(ModelCard.SEGMENTATION)
        ? segmentation(name, 32, Map.of("width", 4))
        : classification(name, 64, Map.of());
  }
}
