package dev.sinter.trainer.engine;

import dev.sinter.model.InputShape;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.Skip;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both engines compute the same of networks with added skips. */
class SkipParityTest {
  @ParameterizedTest
  @CsvSource({
    "unet, encoder1-relu1, bottom-relu2, add, pool",
    "unet, bottom-relu1, decoder1-conv1, add, transpose",
    "unet, bottom-relu2, decoder1-relu1, concat, transpose",
    "unet, encoder1-relu1, encoder1-conv2, add, none",
    "resnet18, stem-relu, stage2-block2-relu, add, auto",
    "unet3d, encoder1-relu1, bottom-relu2, add, pool",
    "unet3d, bottom-relu1, decoder1-conv1, add, transpose",
    "unet3d, encoder1-pool, encoder2-relu1, concat, none",
    "skip-mlp, input, final-relu, add, project"
  })
  void addedSkip(String name, String from, String to, String merge, String align) {
    Map<String, Object> options =
        switch (name) {
          case "unet", "unet3d" -> Map.of("width", 4, "depth", 2, "dropout", 0);
          case "skip-mlp" -> Map.of("width", 12, "dropout", 0);
          case "resnet18" -> Map.of("stem", "small");
          default -> Map.of();
        };
    ModelSpec spec =
        new ModelSpec(name, input(name), 4, "cross-entropy", options, 3)
            .withSkips(
                List.of(
                    new Skip(
                        from,
                        to,
                        Skip.Merge.byKey(merge).orElseThrow(),
                        Skip.Align.byKey(align).orElseThrow())));
    EngineParity.assertParity(Network.of(spec, ModelRegistry.configuration(spec)), 4);
  }

  private static InputShape input(String name) {
    return switch (name) {
      case "unet3d" -> InputShape.volume(2, 8, 8, 16);
      case "skip-mlp" -> InputShape.row(3);
      default -> InputShape.image(2, 16, 16);
    };
  }

  @Tag("full")
  @ParameterizedTest
  @CsvSource({"after-block", "across-blocks", "concat"})
  void readyVariant(String skips) {
    ModelSpec spec =
        new ModelSpec(
            "vgg19-skip",
            InputShape.image(2, 64, 33),
            4,
            "cross-entropy",
            Map.of("skips", skips, "hidden", 12, "dropout", 0, "grid", 2),
            3);
    EngineParity.assertParity(Network.of(spec, ModelRegistry.configuration(spec)), 2);
  }
}
