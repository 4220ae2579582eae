package dev.sinter.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.model.ModelCard;
import dev.sinter.model.ModelRegistry;
import dev.sinter.trainer.bench.BareLayers.Style;
import dev.sinter.trainer.engine.ComputePrecision;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // scopes that close what is made within them
class BareNetworksTest {
  /** Hand-written networks that are registered. */
  static List<String> networks() {
    return BareNetworks.names().stream().filter(ModelRegistry.names()::contains).toList();
  }

  @Test
  void coversRegisteredFamilies() {
    assertThat(networks()).contains("resnet18", "resnet50", "unet");
  }

  @ParameterizedTest
  @MethodSource("networks")
  void hasTheParametersOfTheRegisteredNetwork(String name) {
    ModelCard card = ModelRegistry.card(name);
    try (PointerScope scope = new PointerScope()) {
      BareLayers layers = new BareLayers(Style.TUNED, ComputePrecision.FP32);
      BareNetworks.build(name, layers, card.inputShape().channels(), card.classes());
      assertThat(layers.parameterCount()).isEqualTo(card.parameters());
    }
  }

  /** torchvision's figure. */
  @Test
  void densenetHasThePublishedNumberOfParameters() {
    try (PointerScope scope = new PointerScope()) {
      BareLayers layers = new BareLayers(Style.TUNED, ComputePrecision.FP32);
      BareNetworks.build("densenet121", layers, 3, 1000);
      assertThat(layers.parameterCount()).isEqualTo(7_978_856);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18", "densenet121", "unet"})
  void computesTheSameInEitherStyle(String name) {
    try (PointerScope scope = new PointerScope()) {
      // Batch statistics over fewer values would blow rounding up.
      Tensor images = torch.randn(8, 3, 64, 64);
      assertThat(
              relativeDifference(
                  logits(name, Style.TUNED, ComputePrecision.FP32, images),
                  logits(name, Style.DEFAULT, ComputePrecision.FP32, images)))
          .isCloseTo(0, within(1e-3));
      assertThat(
              relativeDifference(
                  logits(name, Style.TUNED, ComputePrecision.BF16, images),
                  logits(name, Style.TUNED, ComputePrecision.FP32, images)))
          .isBetween(1e-6, 0.2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet50", "densenet121", "unet"})
  void givesEveryParameterAGradientOf32Bits(String name) {
    try (PointerScope scope = new PointerScope()) {
      BareLayers layers = new BareLayers(Style.TUNED, ComputePrecision.BF16);
      BareLayers.Layer network = BareNetworks.build(name, layers, 3, 5);
      layers.startStep();
      Tensor logits = network.apply(layers.input(torch.randn(2, 3, 32, 32)));
      logits.to(torch.ScalarType.Float).square().sum().backward();
      for (Tensor parameter : layers.parameters()) {
        assertThat(parameter.grad().defined()).isTrue();
        assertThat(parameter.grad().scalar_type().intern()).isEqualTo(torch.ScalarType.Float);
      }
    }
  }

  private static Tensor logits(
      String name, Style style, ComputePrecision precision, Tensor images) {
    torch.manual_seed(7);
    BareLayers layers = new BareLayers(style, precision);
    BareLayers.Layer network = BareNetworks.build(name, layers, 3, 5);
    layers.startStep();
    return network.apply(layers.input(images)).to(torch.ScalarType.Float);
  }

  private static double relativeDifference(Tensor one, Tensor other) {
    return one.sub(other).norm().item_double() / other.norm().item_double();
  }
}
