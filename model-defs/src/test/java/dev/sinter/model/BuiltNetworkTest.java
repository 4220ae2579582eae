package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Every registered network, built by DL4J at a tiny size. */
class BuiltNetworkTest {

  static List<String> names() {
    return ModelRegistry.names();
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
    assertThat(graph.paramTable().keySet())
        .isEqualTo(built(name).paramTable().keySet())
        .noneMatch(key -> key.contains("log10"));
    assertThat(graph.params()).isEqualTo(built(name).params());
    assertThat(graph.getConfiguration().toJson()).isEqualTo(json);
  }

  @ParameterizedTest
  @MethodSource("names")
  void initialisesAsTorchvision(String name) {
    ComputationGraph graph = built(name);
    graph
        .paramTable()
        .forEach(
            (key, value) -> {
              if (key.endsWith("_gamma") || key.endsWith("_var")) {
                assertThat(value.minNumber().floatValue()).as(key).isEqualTo(1f);
                assertThat(value.maxNumber().floatValue()).as(key).isEqualTo(1f);
              } else if (key.endsWith("_W") && value.rank() >= 4) {
                double deviation = Math.sqrt(2.0 / fan(name, key, value));
                // Five standard errors of a standard deviation estimated from that many samples.
                assertThat(value.stdNumber().doubleValue() / deviation)
                    .as(key)
                    .isCloseTo(1.0, within(5 / Math.sqrt(2.0 * value.length())));
              } else if (key.endsWith("_W")) {
                double bound = 1 / Math.sqrt((double) value.size(0));
                assertThat(value.amaxNumber().doubleValue()).as(key).isBetween(0.98 * bound, bound);
              } else {
                assertThat(value.amaxNumber().floatValue()).as(key).isZero();
              }
            });
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
    return ModelRegistry.names().stream()
        .filter(name -> ModelRegistry.card(name).inputShape().kind() != InputShape.Kind.VOLUME)
        .toList();
  }

  /** Odd sizes, where they are legal, show how sizes are rounded. */
  @ParameterizedTest
  @MethodSource("executableNames")
  void hasTheShapesOfTheLayerTable(String name) {
    boolean segments = ModelRegistry.card(name).task().equals(ModelCard.SEGMENTATION);
    int height = segments ? 32 : 45;
    int width = segments ? 64 : 66;
    ModelSpec tiny = ModelSpecs.tiny(name);
    ComputationGraph graph = built(name);
    LayerTable table =
        LayerTable.of(ModelRegistry.configuration(tiny), tiny.channels(), height, width);
    Map<String, INDArray> activations =
        graph.feedForward(Nd4j.randn(DataType.FLOAT, 2, tiny.channels(), height, width), false);
    for (LayerTable.Row row : table.rows()) {
      assertThat(activations.get(row.vertex()).shape())
          .as(row.vertex())
          .isEqualTo(
              LongStream.concat(
                      LongStream.of(2), row.outputShape().stream().mapToLong(Long::longValue))
                  .toArray());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void startsFromTheSeed(String name) {
    ModelSpec spec = ModelSpecs.tiny(name);
    ModelSpec other =
        new ModelSpec(
            name, spec.input(), spec.classes(), spec.loss(), spec.options(), spec.seed() + 1);
    ComputationGraph reseeded = new ComputationGraph(ModelRegistry.configuration(other));
    reseeded.init();
    assertThat(built(name).params())
        .isEqualTo(built(name).params())
        .isNotEqualTo(reseeded.params());
  }

  @ParameterizedTest
  @MethodSource("executableNames")
  void givesEveryParameterAGradient(String name) {
    ModelSpec spec = ModelSpecs.tiny(name);
    ComputationGraph graph = built(name);
    INDArray input = Nd4j.randn(DataType.FLOAT, 2, spec.channels(), spec.height(), spec.width());
    graph.setInputs(input);
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
