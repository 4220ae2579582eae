package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Every registered network, built by DL4J at a tiny size. */
class BuiltNetworkTest {
  /** Deep ones, whose layers a smaller network has as well: built where there is time. */
  private static final Set<String> LARGE =
      Set.of(
          "densenet161",
          "densenet169",
          "densenet201",
          "inception-v3",
          "plain56",
          "resnet101",
          "resnet110",
          "resnet152",
          "resnet32",
          "resnet44",
          "resnet56",
          "vgg16",
          "vgg19",
          "vgg19-bn",
          "wide-resnet50-2");

  static List<String> names() {
    return ModelRegistry.names().stream().filter(name -> !LARGE.contains(name)).toList();
  }

  static Set<String> largeNames() {
    return LARGE;
  }

  @Tag("full")
  @ParameterizedTest
  @MethodSource("largeNames")
  void holdsForLargeNetworks(String name) {
    laysParametersOutAsStated(name);
    doesNotChangeTheConfigurationWhenBuilt(name);
    isTheSameAfterTheConfigurationTravelled(name);
    initialisesAsTorchvision(name);
    hasTheShapesOfTheLayerTable(name);
    anotherSeedGivesAnotherStart(name);
    givesEveryParameterAGradient(name);
  }

  private static ComputationGraph built(String name) {
    ComputationGraph graph =
        new ComputationGraph(ModelRegistry.configuration(ModelSpecs.tiny(name)));
    graph.init();
    return graph;
  }

  @ParameterizedTest
  @MethodSource("names")
  void laysParametersOutAsStated(String name) {
    ComputationGraph graph = built(name);
    ParameterLayout layout = ParameterLayout.of(ModelRegistry.configuration(ModelSpecs.tiny(name)));
    assertThat(layout.length()).isEqualTo(graph.numParams());

    INDArray flat = graph.params().reshape(graph.numParams());
    flat.assign(Nd4j.rand(DataType.FLOAT, flat.length()));
    Map<String, INDArray> table = graph.paramTable();
    assertThat(layout.tensors()).hasSameSizeAs(table.keySet());
    for (ParameterTensor tensor : layout.tensors()) {
      INDArray view = table.get(tensor.vertex() + "_" + tensor.key());
      INDArray stated =
          flat.get(NDArrayIndex.interval(tensor.offset(), tensor.offset() + tensor.length()));
      assertThat(view.length()).as(tensor.name()).isEqualTo(tensor.length());
      if (tensor.shape().length > 1) {
        assertThat(view.shape()).as(tensor.name()).isEqualTo(tensor.shape());
      }
      assertThat(view.dup(tensor.order()).data().asFloat())
          .as(tensor.name())
          .isEqualTo(stated.dup().data().asFloat());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void doesNotChangeTheConfigurationWhenBuilt(String name) {
    assertThat(built(name).getConfiguration().toJson())
        .isEqualTo(ModelRegistry.configuration(ModelSpecs.tiny(name)).toJson());
  }

  /** DL4J would forget how the variance is stored; see {@link NetworkGraph#configuration()}. */
  @ParameterizedTest
  @MethodSource("names")
  void isTheSameAfterTheConfigurationTravelled(String name) {
    String json = ModelRegistry.configuration(ModelSpecs.tiny(name)).toJson();
    ComputationGraph graph = new ComputationGraph(ComputationGraphConfiguration.fromJson(json));
    graph.init();
    ComputationGraph built = built(name);
    assertThat(graph.paramTable().keySet())
        .isEqualTo(built.paramTable().keySet())
        .noneMatch(key -> key.contains("log10"));
    assertThat(graph.params()).as("of the same seed").isEqualTo(built.params());
    assertThat(graph.getConfiguration().toJson()).isEqualTo(json);
  }

  /** Networks that torchvision has, or that are built of its blocks. */
  static List<String> torchvisionNames() {
    return names().stream()
        .filter(name -> !Set.of("highway", "skip-lstm", "skip-mlp").contains(name))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("torchvisionNames")
  void initialisesAsTorchvision(String name) {
    built(name)
        .paramTable()
        .forEach(
            (key, value) -> {
              if (key.endsWith("_gamma") || key.endsWith("_var")) {
                assertThat(value.minNumber().floatValue()).as(key).isEqualTo(1f);
                assertThat(value.maxNumber().floatValue()).as(key).isEqualTo(1f);
              } else if (!key.endsWith("_W") || key.contains("-skip-")) {
                assertThat(value.amaxNumber().floatValue()).as(key).isZero();
              } else if (hasUniformClassifier(name) && value.rank() == 2) {
                double bound = 1 / Math.sqrt((double) value.size(0));
                assertThat(value.amaxNumber().doubleValue()).as(key).isBetween(0.98 * bound, bound);
              } else {
                // Five standard errors of a standard deviation estimated from that many samples.
                assertThat(value.stdNumber().doubleValue() / deviation(name, key, value))
                    .as(key)
                    .isCloseTo(1.0, within(5 / Math.sqrt(2.0 * value.length())));
              }
            });
  }

  private static boolean hasUniformClassifier(String name) {
    return !name.startsWith("vgg") && !name.startsWith("inception");
  }

  private static double deviation(String name, String key, INDArray weights) {
    if (name.startsWith("inception")) {
      return 0.1;
    }
    return weights.rank() == 2 ? 0.01 : Math.sqrt(2.0 / fan(name, key, weights));
  }

  /** Outputs times kernel; torchvision's DenseNet takes the inputs. */
  private static long fan(String name, String key, INDArray kernels) {
    boolean up = key.endsWith("-upconv_W");
    if (kernels.rank() == 4) {
      int fan = up || name.startsWith("densenet") ? 1 : 0;
      return kernels.size(fan) * kernels.size(2) * kernels.size(3);
    }
    return up // depth, height, width, outputs, inputs; else outputs, inputs, depth, ...
        ? kernels.length() / kernels.size(4)
        : kernels.length() / kernels.size(1);
  }

  /** DL4J itself cannot normalise volumes; Sinter's nd4j engine can. */
  static List<String> executableNames() {
    return names().stream()
        .filter(name -> ModelRegistry.card(name).inputShape().kind() != InputShape.Kind.VOLUME)
        .toList();
  }

  /** Odd sizes, where they are legal, show how sizes are rounded. */
  @ParameterizedTest
  @MethodSource("executableNames")
  void hasTheShapesOfTheLayerTable(String name) {
    ModelSpec tiny = ModelSpecs.tiny(name);
    ComputationGraph graph = built(name);
    InputShape input = otherSize(tiny);
    LayerTable table = LayerTable.of(ModelRegistry.configuration(tiny), input);
    Map<String, INDArray> activations = graph.feedForward(samples(input), false);
    for (LayerTable.Row row : table.rows()) {
      assertThat(activations.get(row.vertex()).shape())
          .as(row.vertex())
          .isEqualTo(
              LongStream.concat(
                      LongStream.of(2), row.outputShape().stream().mapToLong(Long::longValue))
                  .toArray());
    }
  }

  private static InputShape otherSize(ModelSpec spec) {
    if (ModelRegistry.card(spec.name()).task().equals(ModelCard.SEGMENTATION)) {
      return InputShape.image(spec.channels(), 32, 64);
    }
    return switch (spec.name()) {
      case "highway", "skip-mlp", "skip-lstm" -> spec.input(); // of their size alone
      case "inception-v3", "inception-v3-skip" -> InputShape.image(spec.channels(), 76, 93);
      default -> InputShape.image(spec.channels(), 45, 66);
    };
  }

  private static INDArray samples(InputShape input) {
    Nd4j.getRandom().setSeed(11);
    return Nd4j.randn(
        DataType.FLOAT,
        LongStream.concat(LongStream.of(2), input.dimensions().stream().mapToLong(i -> i))
            .toArray());
  }

  @ParameterizedTest
  @MethodSource("names")
  void anotherSeedGivesAnotherStart(String name) {
    ModelSpec spec = ModelSpecs.tiny(name);
    ModelSpec other =
        new ModelSpec(
            name, spec.input(), spec.classes(), spec.loss(), spec.options(), spec.seed() + 1);
    ComputationGraph reseeded = new ComputationGraph(ModelRegistry.configuration(other));
    reseeded.init();
    assertThat(built(name).params()).isNotEqualTo(reseeded.params());
  }

  @ParameterizedTest
  @MethodSource("executableNames")
  void givesEveryParameterAGradient(String name) {
    ModelSpec spec = ModelSpecs.tiny(name);
    ComputationGraph graph = built(name);
    graph.setInputs(samples(spec.input()));
    graph.setLabels(labels(spec));
    graph.computeGradientAndScore();

    assertThat(graph.score()).isFinite().isPositive();
    INDArray flat = graph.getFlattenedGradients().reshape(graph.numParams());
    for (ParameterTensor tensor : ParameterLayout.of(graph.getConfiguration()).tensors()) {
      double largest =
          flat.get(NDArrayIndex.interval(tensor.offset(), tensor.offset() + tensor.length()))
              .amaxNumber()
              .doubleValue();
      assertThat(largest).as(tensor.name()).isFinite().isPositive();
    }
  }

  private static INDArray labels(ModelSpec spec) {
    if (!ModelRegistry.card(spec.name()).task().equals(ModelCard.SEGMENTATION)) {
      INDArray labels = Nd4j.zeros(DataType.FLOAT, 2, spec.classes());
      labels.putScalar(0, 1, 1);
      labels.putScalar(1, 3, 1);
      return labels;
    }
    INDArray labels = Nd4j.zeros(DataType.FLOAT, 2, spec.classes(), spec.height(), spec.width());
    for (int n = 0; n < 2; n++) {
      for (int row = 0; row < spec.height(); row++) {
        for (int column = 0; column < spec.width(); column++) {
          int label = (row / 8 + column / 8 + n) % spec.classes();
          labels.putScalar(new int[] {n, label, row, column}, 1);
        }
      }
    }
    return labels;
  }
}
