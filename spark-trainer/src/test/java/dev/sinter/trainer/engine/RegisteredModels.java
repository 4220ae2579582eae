package dev.sinter.trainer.engine;

import dev.sinter.model.ModelCard;
import dev.sinter.model.ModelOption;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The registered networks at sizes that both engines compute in seconds. */
public final class RegisteredModels {
  /** More of the layers that a smaller network of the family has: compared where there is time. */
  private static final Set<String> LARGE =
      Set.of(
          "densenet161",
          "densenet169",
          "densenet201",
          "plain56",
          "resnet101",
          "resnet110",
          "resnet152",
          "resnet32",
          "resnet44",
          "resnet56",
          "wide-resnet50-2");

  /** What makes a network small, where it offers that. */
  private static final Map<String, Object> SMALL =
      Map.of("stem", "small", "width", 4, "depth", 2);

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
    Map<String, Object> options = new HashMap<>(SMALL);
    options
        .keySet()
        .retainAll(
            ModelRegistry.card(name).options().stream().map(ModelOption::name).toList());
    ModelSpec spec = new ModelSpec(name, 2, 16, 16, 4, loss, options, 3);
    return Network.of(spec, ModelRegistry.configuration(spec));
  }
}
