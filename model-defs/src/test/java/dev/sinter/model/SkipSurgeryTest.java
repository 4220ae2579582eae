package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.error.SinterException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class SkipSurgeryTest {
  private static final long SAMPLES = 3;

  /** Small ones of each kind of network. */
  private static ModelSpec spec(String name) {
    Map<String, Object> options =
        switch (name) {
          case "unet" -> Map.of("depth", 2, "width", 4);
          case "resnet18" -> Map.of("stem", "small");
          case "vgg19" -> Map.of("hidden", 16, "dropout", 0, "grid", 1);
          case "skip-mlp" -> Map.of("width", 12);
          default -> Map.of();
        };
    InputShape input =
        switch (name) {
          case "skip-mlp" -> InputShape.row(7);
          case "vgg19" -> InputShape.image(2, 32, 32);
          default -> InputShape.image(2, 16, 16);
        };
    return new ModelSpec(name, input, 3, "cross-entropy", options, 7);
  }

  private static INDArray input(ModelSpec spec) {
    long[] shape =
        LongStream.concat(
                LongStream.of(SAMPLES),
                spec.input().dimensions().stream().mapToLong(Integer::longValue))
            .toArray();
    return Nd4j.rand(DataType.FLOAT, shape).subi(0.5);
  }

  private static ComputationGraph network(ModelSpec spec) {
    ComputationGraph network = new ComputationGraph(ModelRegistry.configuration(spec));
    network.init();
    return network;
  }

  private static Skip skip(String from, String to, String merge, String align) {
    return new Skip(
        from, to, Skip.Merge.byKey(merge).orElseThrow(), Skip.Align.byKey(align).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    // the shapes differ in channels, in resolution, in both, or in nothing
    "vgg19, block1-relu1, block1-conv2, add, project",
    "vgg19, block1-pool, block2-conv2, add, project",
    "vgg19, block1-relu1, block3-conv4, add, pool",
    "vgg19, block4-conv1, block4-conv3, add, auto",
    "vgg19, block2-pool, block3-relu4, concat, none",
    "vgg19, block1-pool, block2-pool, concat, pool",
    "vgg19, block1-conv1, block2-conv2, concat, auto",
    "vgg19, block4-pool, pool, concat, pool",
    "vgg19, input, block1-conv1, concat, project",
    "resnet18, stem-relu, stage3-block2-relu, add, auto",
    "resnet18, stage1-block1-relu1, stage1-block1-bn2, add, project",
    "unet, encoder1-relu1, bottom-relu2, add, pool",
    "unet, bottom-relu1, decoder1-conv1, add, transpose",
    "unet, bottom-relu2, decoder1-relu1, concat, transpose",
    "unet, encoder1-relu2, decoder1-conv1, concat, auto"
  })
  void whatItComputesStaysAndTheBranchLearns(
      String name, String from, String to, String merge, String align) {
    ModelSpec spec = spec(name);
    ComputationGraph plain = network(spec);
    INDArray images = input(spec);
    if (!from.equals("input") && plain.getVertex(from) == null) {
      throw new AssertionError("no vertex " + from + " in " + spec.name());
    }
    Skip skip = skip(from, to, merge, align);

    ComputationGraph skipping = SkipSurgery.add(plain, spec.input(), List.of(skip));

    INDArray before = plain.outputSingle(images);
    INDArray after = skipping.outputSingle(images);
    assertThat(before.distance2(after)).isLessThan(1e-6);
    assertThat(before.sub(after).amaxNumber().doubleValue()).isLessThanOrEqualTo(1e-6);
    assertThat(plain.getConfiguration().getVertices()).doesNotContainKey(skip.vertex());
    assertThat(skipping.getConfiguration().getVertexInputs().get(skip.vertex())).hasSize(2);
    assertBranchLearns(skipping, images, skip, before);
    // A spec gives the same network.
    assertThat(ModelRegistry.configuration(spec.withSkips(List.of(skip))).toJson())
        .isEqualTo(
            SkipSurgery.add(ModelRegistry.configuration(spec), spec.input(), List.of(skip))
                .toJson());
  }

  /** What is new has a gradient in the first step, and changes the function after it. */
  private static void assertBranchLearns(
      ComputationGraph network, INDArray images, Skip skip, INDArray like) {
    INDArray labels = Nd4j.zerosLike(like);
    for (int i = 0; i < like.size(0); i++) {
      labels.slice(i).slice(i % like.size(1)).assign(1);
    }
    for (int step = 0; step < 2; step++) {
      network.setInputs(images);
      network.setLabels(labels);
      network.computeGradientAndScore();
      INDArray move = network.getGradientsViewArray().mul(0.01);
      network.params().subi(move.reshape(move.length()));
    }
    network.computeGradientAndScore();
    ParameterLayout layout = ParameterLayout.of(network.getConfiguration());
    INDArray gradient = network.getGradientsViewArray();
    gradient = gradient.reshape(gradient.length());
    int tensors = 0;
    for (ParameterTensor tensor : layout.tensors()) {
      if (tensor.vertex().startsWith(skip.vertex())) {
        INDArray own =
            gradient.get(NDArrayIndex.interval(tensor.offset(), tensor.offset() + tensor.length()));
        assertThat(own.norm2Number().doubleValue()).as(tensor.name()).isPositive();
        tensors++;
      }
    }
    assertThat(tensors > 0 || skip.merge() == Skip.Merge.CONCAT).isTrue();
  }

  @Test
  void aSkipThatIsAddedAsItIsChangesTheFunction() {
    ModelSpec spec = spec("vgg19");
    ComputationGraph plain = network(spec);
    INDArray images = input(spec);
    ComputationGraph skipping =
        SkipSurgery.add(
            plain, spec.input(), List.of(skip("block2-relu1", "block2-relu2", "add", "none")));
    assertThat(skipping.numParams()).isEqualTo(plain.numParams());
    assertThat(plain.outputSingle(images).distance2(skipping.outputSingle(images)))
        .isGreaterThan(1e-6);
  }

  @Test
  void laterSkipsBeginWhereEarlierOnesJoined() {
    ModelSpec spec = spec("vgg19");
    ComputationGraphConfiguration configuration =
        ModelRegistry.configuration(
            spec.withSkips(
                List.of(
                    Skip.add("block1-pool", "block2-conv2"),
                    Skip.add("block1-relu1", "block2-conv2"),
                    Skip.add("block2-conv2", "block3-conv1"))));
    String first = "block2-conv2-skip-block1-pool";
    String second = "block2-conv2-skip-block1-relu1";
    assertThat(configuration.getVertexInputs().get(second)).startsWith(first);
    assertThat(configuration.getVertexInputs().get("block2-relu2")).containsExactly(second);
    assertThat(configuration.getVertexInputs().get("block3-conv1-skip-block2-conv2-pool"))
        .containsExactly(second);
  }

  @Test
  void rowsAreProjectedByADenseLayer() {
    ModelSpec spec = spec("skip-mlp");
    ComputationGraph plain = network(spec);
    List<String> vertices = ModelRegistry.parts(spec).vertices();
    String to =
        vertices.stream()
            .filter(vertex -> vertex.contains("relu"))
            .reduce((a, b) -> b)
            .orElseThrow();
    INDArray rows = input(spec);
    ComputationGraph skipping =
        SkipSurgery.add(plain, spec.input(), List.of(Skip.add("input", to)));
    assertThat(plain.outputSingle(rows).distance2(skipping.outputSingle(rows))).isLessThan(1e-6);
    assertThat(skipping.numParams()).isGreaterThan(plain.numParams());
  }

  @Test
  void stockDl4jReadsTheFile() throws Exception {
    ModelSpec spec =
        spec("vgg19")
            .withSkips(
                List.of(
                    skip("block1-relu1", "block3-conv4", "add", "pool"),
                    skip("block2-pool", "block3-relu4", "concat", "none")));
    ComputationGraph network = network(spec);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, file, false);
    ComputationGraph read =
        ModelSerializer.restoreComputationGraph(
            new ByteArrayInputStream(file.toByteArray()), false);
    INDArray images = input(spec);
    assertThat(read.outputSingle(images)).isEqualTo(network.outputSingle(images));
    assertThat(read.getConfiguration().toJson()).isEqualTo(network.getConfiguration().toJson());
    assertThat(ComputationGraphConfiguration.fromJson(network.getConfiguration().toJson()))
        .isEqualTo(network.getConfiguration());
  }

  @Test
  void aNetworkFromScratchBeginsAtZeroWhereItIsNew() {
    ModelSpec spec = spec("vgg19");
    ComputationGraph network =
        network(spec.withSkips(List.of(skip("block1-pool", "block2-pool", "concat", "pool"))));
    INDArray weights = network.getParam("block3-conv1_W"); // outputs, inputs, height, width
    assertThat(weights.size(1)).isEqualTo(128 + 64);
    INDArray old = weights.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 128));
    assertThat(old.norm2Number().doubleValue()).isGreaterThan(1);
    assertThat(weights.norm2Number().doubleValue())
        .isCloseTo(old.norm2Number().doubleValue(), within(1e-4));
  }

  @Test
  void aSkipBelongsToTheStageThatItEndsIn() {
    NetworkParts parts =
        ModelRegistry.parts(
            spec("vgg19").withSkips(List.of(Skip.add("block1-pool", "block2-pool"))));
    assertThat(parts.part("block2")).contains("block2-pool-skip-block1-pool-project");
    assertThat(parts.part("block3")).doesNotContain("block2-pool-skip-block1-pool");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "blok1-pool | block2-conv2 | add | auto | SKIP_VERTEX_UNKNOWN | did you mean \"block1-pool\"? | such as",
        "block1-pool | input | add | auto | SKIP_VERTEX_UNKNOWN | names a vertex \"input\" | Set to to a vertex",
        "block1-pool | head | add | auto | SKIP_AT_OUTPUT | touches \"head\" | such as",
        "block3-conv1 | block1-conv1 | add | auto | SKIP_MAKES_CYCLE | block3-conv1 depends on block1-conv1 | exchange from and to",
        "block3-conv1 | block3-conv1 | add | auto | SKIP_MAKES_CYCLE | ends where it begins | such as",
        "block1-conv1 | block2-conv1 | add | none | SKIP_SHAPES_DIFFER | from 64x32x32 to 128x16x16, which align none | Set align to pool",
        "block1-conv1 | block1-relu2 | add | transpose | SKIP_SHAPES_DIFFER | which align transpose | Set align to project or none",
        "block1-pool | block2-conv1 | add | none | SKIP_SHAPES_DIFFER | from 64x16x16 to 128x16x16 | Set align to project",
        "block5-conv1 | fc2 | add | auto | SKIP_SHAPES_DIFFER | to 16 | No alignment joins them"
      })
  void refusesWithWordsThatSayWhatIsLegal(
      String from,
      String to,
      String merge,
      String align,
      String code,
      String problem,
      String remedy) {
    SinterException refusal =
        catchThrowableOfType(
            SinterException.class,
            () ->
                ModelRegistry.configuration(
                    spec("vgg19").withSkips(List.of(skip(from, to, merge, align)))));
    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal).hasMessageContaining(problem);
    assertThat(refusal.remedy()).contains(remedy);
  }

  @Test
  void refusesTheSameSkipTwice() {
    Skip skip = Skip.add("block1-pool", "block2-conv2");
    assertThat(
            catchThrowableOfType(
                    SinterException.class,
                    () -> ModelRegistry.configuration(spec("vgg19").withSkips(List.of(skip, skip))))
                .code())
        .isEqualTo("SKIP_DUPLICATE");
  }

  @Test
  void refusesToConcatenateBeforeASum() {
    SinterException refusal =
        catchThrowableOfType(
            SinterException.class,
            () ->
                ModelRegistry.configuration(
                    spec("resnet18")
                        .withSkips(List.of(Skip.concatenate("stem-relu", "stage1-block1-bn2")))));
    assertThat(refusal.code()).isEqualTo("SKIP_NOT_REFITTABLE");
    assertThat(refusal).hasMessageContaining("stage1-block1-add");
    assertThat(refusal.remedy()).contains("merge to add").contains("stage1-block1-bn1");
  }
}
