package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelRegistryTest {

  @Test
  void listsNamesSorted() {
    assertThat(ModelRegistry.names())
        .isSorted()
        .containsExactly(
            "densenet121",
            "densenet161",
            "densenet169",
            "densenet201",
            "highway",
            "inception-v3",
            "inception-v3-skip",
            "plain20",
            "plain56",
            "resnet101",
            "resnet110",
            "resnet152",
            "resnet18",
            "resnet20",
            "resnet32",
            "resnet34",
            "resnet44",
            "resnet50",
            "resnet56",
            "resnext50-32x4d",
            "skip-lstm",
            "skip-mlp",
            "unet",
            "unet-attention",
            "unet-dense",
            "unet-no-skips",
            "unet-residual",
            "unet3d",
            "vgg16",
            "vgg16-bn",
            "vgg19",
            "vgg19-bn",
            "vgg19-skip",
            "wide-resnet50-2");
  }

  @Test
  void rejectsDuplicates() {
    List<ModelDefinition> definitions = UNets.definitions();
    assertThatThrownBy(() -> ModelRegistry.index(List.of(definitions.get(0), definitions.get(0))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("two networks are named unet");
  }

  /** torchvision's parameters and GFLOPS, which it publishes with two decimals. */
  @ParameterizedTest
  @CsvSource({
    "densenet121, 7978856, 2.83",
    "densenet161, 28681000, 7.73",
    "densenet169, 14149480, 3.36",
    "densenet201, 20013928, 4.29",
    "resnet18, 11689512, 1.81",
    "resnet34, 21797672, 3.66",
    "resnet50, 25557032, 4.09",
    "resnet101, 44549160, 7.80",
    "resnet152, 60192808, 11.51",
    "resnext50-32x4d, 25028904, 4.23",
    "wide-resnet50-2, 68883240, 11.40",
    "vgg16, 138357544, 15.47",
    "vgg16-bn, 138365992, 15.47",
    "vgg19, 143667240, 19.63",
    "vgg19-bn, 143678248, 19.63",
    "inception-v3, 27161264, 5.71",
  })
  void isAsLargeAsTorchvisions(String name, long parameters, double billionMultiplyAdds) {
    ModelCard card = ModelRegistry.card(name);
    assertThat(card.parameters()).isEqualTo(parameters);
    assertThat(card.multiplyAdds() / 1e9)
        .isCloseTo(billionMultiplyAdds, withinPercentage(1.0))
        .isCloseTo(billionMultiplyAdds, within(0.0051));
  }

  /** Counted by hand once; for the U-Net see {@link UNetsTest}. */
  @ParameterizedTest
  @CsvSource({
    "densenet121, 7978856, 2834161664",
    "densenet161, 28681000, 7727907072",
    "densenet169, 14149480, 3359843328",
    "densenet201, 20013928, 4291365888",
    "resnet18, 11689512, 1814073344",
    "resnet34, 21797672, 3663761408",
    "resnet50, 25557032, 4089184256",
    "unet, 31036546, 48096083968",
    "vgg19-skip, 144101416, 19721977856",
  })
  void keepsItsSize(String name, long parameters, long multiplyAdds) {
    ModelCard card = ModelRegistry.card(name);
    assertThat(card.parameters()).isEqualTo(parameters);
    assertThat(card.multiplyAdds()).isEqualTo(multiplyAdds);
  }

  @Test
  void statesShapesOfStages() {
    assertThat(ModelRegistry.card("resnet18").stages())
        .isEqualTo(
            Map.of(
                "stem", List.of(64L, 56L, 56L),
                "stage1", List.of(64L, 56L, 56L),
                "stage2", List.of(128L, 28L, 28L),
                "stage3", List.of(256L, 14L, 14L),
                "stage4", List.of(512L, 7L, 7L),
                "pool", List.of(512L),
                "head", List.of(1000L)));
    assertThat(ModelRegistry.card("resnet50").stages())
        .containsEntry("stage1", List.of(256L, 56L, 56L))
        .containsEntry("stage4", List.of(2048L, 7L, 7L))
        .containsEntry("pool", List.of(2048L));
    assertThat(ModelRegistry.card("densenet121").stages())
        .containsEntry("stem", List.of(64L, 56L, 56L))
        .containsEntry("stage1", List.of(256L, 56L, 56L))
        .containsEntry("transition1", List.of(128L, 28L, 28L))
        .containsEntry("stage2", List.of(512L, 28L, 28L))
        .containsEntry("transition3", List.of(512L, 7L, 7L))
        .containsEntry("stage4", List.of(1024L, 7L, 7L))
        .containsEntry("pool", List.of(1024L))
        .containsEntry("head", List.of(1000L));
    assertThat(ModelRegistry.card("unet").stages())
        .containsEntry("encoder1", List.of(64L, 256L, 256L))
        .containsEntry("encoder4", List.of(512L, 32L, 32L))
        .containsEntry("bottom", List.of(1024L, 16L, 16L))
        .containsEntry("decoder4", List.of(512L, 32L, 32L))
        .containsEntry("decoder1", List.of(64L, 256L, 256L))
        .containsEntry("head", List.of(2L, 256L, 256L));
  }

  @Test
  void keepsStagesInOrder() {
    assertThat(ModelRegistry.card("resnet34").stages().keySet())
        .containsExactly("stem", "stage1", "stage2", "stage3", "stage4", "pool", "head");
  }

  static List<String> names() {
    return ModelRegistry.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void givesTheSameJsonForTheSameSpec(String name) {
    ModelSpec spec = ModelSpecs.tiny(name);
    String json = ModelRegistry.configuration(spec).toJson();
    assertThat(ModelRegistry.configuration(spec).toJson()).isEqualTo(json);
    assertThat(ComputationGraphConfiguration.fromJson(json).toJson()).isEqualTo(json);
    assertThat(ComputationGraphConfiguration.fromJson(json))
        .isEqualTo(ModelRegistry.configuration(spec));
  }

  @ParameterizedTest
  @MethodSource("names")
  void doesNotChangeWhenInspected(String name) {
    ModelSpec spec = ModelSpecs.tiny(name);
    ComputationGraphConfiguration configuration = ModelRegistry.configuration(spec);
    String json = configuration.toJson();
    LayerTable.of(configuration, spec.input());
    ParameterLayout.of(configuration);
    assertThat(configuration.toJson()).isEqualTo(json);
  }

  @ParameterizedTest
  @MethodSource("names")
  void namesEveryVertex(String name) {
    ComputationGraphConfiguration configuration =
        ModelRegistry.configuration(ModelSpecs.tiny(name));
    assertThat(configuration.getVertices().keySet()).allMatch(vertex -> vertex.matches("[a-z].*"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void describesItself(String name) {
    ModelCard card = ModelRegistry.card(name);
    assertThat(card.name()).isEqualTo(name);
    assertThat(card.task()).isIn(ModelCard.CLASSIFICATION, ModelCard.SEGMENTATION);
    assertThat(card.paper().arxiv()).matches("\\d{4}\\.\\d{4,5}");
    assertThat(card.inputShape().dimensions()).allMatch(size -> size > 0);
    assertThat(card.options())
        .allSatisfy(option -> assertThat(option.parse(option.defaultValue())).isPresent());
  }

  @ParameterizedTest
  @MethodSource("names")
  void changesWithEveryOption(String name) {
    ModelCard card = ModelRegistry.card(name);
    for (ModelOption option : card.options()) {
      Set<String> networks = new HashSet<>();
      for (Object value : values(option)) {
        Map<String, Object> options = new HashMap<>(ModelSpecs.tiny(name).options());
        options.put(option.name(), value);
        ModelSpec spec = new ModelSpec(name, card.inputShape(), 5, "cross-entropy", options, 1);
        networks.add(ModelRegistry.configuration(spec).toJson());
      }
      assertThat(networks).as(option.name()).hasSameSizeAs(values(option));
    }
  }

  private static List<Object> values(ModelOption option) {
    if (option instanceof ModelOption.Choice choice) {
      return List.copyOf(choice.choices());
    }
    if (option instanceof ModelOption.WholeNumber number) {
      int other = number.defaultNumber() == number.minimum() ? number.maximum() : number.minimum();
      return List.of(number.defaultNumber(), other);
    }
    ModelOption.Fraction fraction = (ModelOption.Fraction) option;
    return List.of(fraction.defaultNumber(), fraction.maximum());
  }
}
