package dev.sinter.trainer.engine;

import dev.sinter.model.InputShape;
import dev.sinter.model.ModelCard;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The registered networks at sizes that both engines compute in seconds, without dropout. */
public final class RegisteredModels {
  /** Deep ones, whose layers a smaller network has as well: compared where there is time. */
  private static final Set<String> LARGE =
      Set.of(
          "densenet161",
          "densenet169",
          "densenet201",
          "inception-v3",
          "inception-v3-skip",
          "plain56",
          "resnet101",
          "resnet110",
          "resnet152",
          "resnet32",
          "resnet34",
          "resnet44",
          "resnet56",
          "resnext50-32x4d",
          "vgg16-bn",
          "vgg19",
          "vgg19-bn",
          "vgg19-skip",
          "wide-resnet50-2");

  private RegisteredModels() {}

  public static List<String> quick() {
    return ModelRegistry.names().stream().filter(name -> !LARGE.contains(name)).toList();
  }

  static List<String> large() {
    return ModelRegistry.names().stream().filter(LARGE::contains).toList();
  }

  /** The losses that a network's task allows. */
  static List<String> losses(String name) {
    return ModelRegistry.card(name).task().equals(ModelCard.SEGMENTATION)
        ? List.of("cross-entropy", "dice-cross-entropy")
        : List.of("cross-entropy");
  }

  /** With two input channels and four classes. */
  public static Network network(String name, String loss) {
    String family = ModelRegistry.card(name).family();
    ModelSpec spec = new ModelSpec(name, input(name, family), 4, loss, options(family), 3);
    return Network.of(spec, ModelRegistry.configuration(spec));
  }

  private static InputShape input(String name, String family) {
    if (ModelRegistry.card(name).inputShape().kind() == InputShape.Kind.VOLUME) {
      return InputShape.volume(2, 8, 8, 16);
    }
    return switch (family) {
      case "highway" -> InputShape.image(2, 5, 6);
      case "inception" -> InputShape.image(2, 107, 107);
      case "skip-lstm" -> InputShape.sequence(2, 5);
      case "skip-mlp" -> InputShape.row(2);
      case "vgg" -> InputShape.image(2, 64, 33);
      default -> InputShape.image(2, 16, 16);
    };
  }

  private static Map<String, Object> options(String family) {
    return switch (family) {
      case "densenet", "resnet" -> Map.of("stem", "small");
      case "inception" -> Map.of("auxiliary-head", false, "dropout", 0);
      case "skip-lstm", "skip-mlp" -> Map.of("width", 12, "dropout", 0);
      case "unet" -> Map.of("width", 4, "depth", 2, "dropout", 0);
      case "vgg" -> Map.of("hidden", 12, "dropout", 0);
      default -> Map.of();
    };
  }
}
