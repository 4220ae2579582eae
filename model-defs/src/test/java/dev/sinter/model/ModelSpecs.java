package dev.sinter.model;

import java.util.Map;

/** Specs for tests. */
final class ModelSpecs {
  private static final String LOSS = "cross-entropy";
  private static final int CLASSES = 5;

  private ModelSpecs() {}

  static ModelSpec classification(String name, int size, Map<String, Object> options) {
    return new ModelSpec(name, 3, size, size, CLASSES, LOSS, options, 7);
  }

  static ModelSpec segmentation(int size, Map<String, Object> options) {
    return segmentation("unet", size, options);
  }

  static ModelSpec segmentation(String name, int size, Map<String, Object> options) {
    return new ModelSpec(name, 1, size, size, 3, LOSS, options, 7);
  }

  /** The smallest spec of a network that still trains all its parameters. */
  static ModelSpec tiny(String name) {
    ModelCard card = ModelRegistry.card(name);
    if (card.inputShape().kind() == InputShape.Kind.VOLUME) {
      return new ModelSpec(name, InputShape.volume(1, 8, 16, 8), 3, LOSS, Map.of("width", 4), 7);
    }
    if (card.task().equals(ModelCard.SEGMENTATION)) {
      return segmentation(name, 32, Map.of("width", 4));
    }
    return switch (name) {
      case "vgg16", "vgg16-bn", "vgg19", "vgg19-bn", "vgg19-skip" ->
          // Dropout may silence all of so few hidden units.
          classification(name, 64, Map.of("hidden", 16, "dropout", 0));
      case "inception-v3", "inception-v3-skip" ->
          classification(name, 107, Map.of("auxiliary-head", false));
      case "highway" -> classification(name, 9, Map.of());
      case "skip-mlp" -> of(name, InputShape.row(6), Map.of("width", 12));
      case "skip-lstm" -> of(name, InputShape.sequence(6, 5), Map.of("width", 12));
      default ->
          ModelRegistry.card(name).task().equals(ModelCard.SEGMENTATION)
              ? segmentation(name, 32, Map.of("width", 4))
              : classification(name, 64, Map.of());
    };
  }

  private static ModelSpec of(String name, InputShape input, Map<String, Object> options) {
    return new ModelSpec(name, input, CLASSES, LOSS, options, 7);
  }
}
