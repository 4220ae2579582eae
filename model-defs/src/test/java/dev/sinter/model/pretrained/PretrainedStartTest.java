package dev.sinter.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.model.InputShape;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.model.Skip;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PretrainedStartTest {
  private static final Map<String, Object> VGG = Map.of("hidden", 16, "dropout", 0, "grid", 1);

  @TempDir private Path folder;

  @Test
  void namesResnetsAsTorchvisionDoes() {
    Map<String, String> expected = new TreeMap<>();
    expected.put("conv1.weight", "64x3x7x7");
    norm(expected, "bn1", 64);
    int inputs = 64;
    int[] blocks = {2, 2, 2, 2};
    for (int stage = 0; stage < 4; stage++) {
      int width = 64 << stage;
      for (int block = 0; block < blocks[stage]; block++) {
        String name = "layer" + (stage + 1) + "." + block;
        expected.put(name + ".conv1.weight", width + "x" + inputs + "x3x3");
        norm(expected, name + ".bn1", width);
        expected.put(name + ".conv2.weight", width + "x" + width + "x3x3");
        norm(expected, name + ".bn2", width);
        if (inputs != width) {
          expected.put(name + ".downsample.0.weight", width + "x" + inputs + "x1x1");
          norm(expected, name + ".downsample.1", width);
        }
        inputs = width;
      }
    }
    expected.put("fc.weight", "1000x512");
    expected.put("fc.bias", "1000");
    assertThat(shapes("resnet18", "resnet")).isEqualTo(expected);
  }

  @Test
  void namesDensenetsAsTorchvisionDoes() {
    Map<String, String> expected = new TreeMap<>();
    expected.put("features.conv0.weight", "64x3x7x7");
    norm(expected, "features.norm0", 64);
    int channels = 64;
    int[] layers = {6, 12, 24, 16};
    for (int block = 1; block <= 4; block++) {
      for (int layer = 1; layer <= layers[block - 1]; layer++) {
        String name = "features.denseblock" + block + ".denselayer" + layer;
        norm(expected, name + ".norm1", channels);
        expected.put(name + ".conv1.weight", "128x" + channels + "x1x1");
        norm(expected, name + ".norm2", 128);
        expected.put(name + ".conv2.weight", "32x128x3x3");
        channels += 32;
      }
      if (block < 4) {
        norm(expected, "features.transition" + block + ".norm", channels);
        expected.put(
            "features.transition" + block + ".conv.weight", channels / 2 + "x" + channels + "x1x1");
        channels /= 2;
      }
    }
    norm(expected, "features.norm5", 1024);
    expected.put("classifier.weight", "1000x1024");
    expected.put("classifier.bias", "1000");
    assertThat(shapes("densenet121", "densenet")).isEqualTo(expected);
  }

  /** Of the 60 and more modules those at which a rule could go wrong. */
  @Test
  void namesVggsAndInceptionAsTorchvisionDoes() {
    Map<String, String> vgg = shapes("vgg19-bn", "vgg", Map.of("hidden", 8));
    assertThat(vgg)
        .containsEntry("features.0.weight", "64x3x3x3")
        .containsEntry("features.1.running_mean", "64")
        .containsEntry("features.49.weight", "512x512x3x3")
        .containsEntry("features.50.running_var", "512")
        .containsEntry("classifier.0.weight", "8x25088")
        .containsEntry("classifier.3.bias", "8")
        .containsEntry("classifier.6.weight", "1000x8");
    assertThat(shapes("vgg16", "vgg", Map.of("hidden", 8)))
        .containsEntry("features.28.weight", "512x512x3x3")
        .containsEntry("features.2.bias", "64");
    ComputationGraphConfiguration inception =
        ModelRegistry.configuration(
            new ModelSpec("inception-v3", 3, 299, 299, 1000, "cross-entropy", Map.of(), 1));
    Map<String, WeightTensor> tensors = file(inception, "inception").tensors();
    assertThat(tensors).hasSize(96 * 5 + 4); // 96 convolutions, each normalised; two dense layers
    assertThat(tensors)
        .containsKeys(
            "Conv2d_1a_3x3.conv.weight",
            "Conv2d_3b_1x1.bn.running_var",
            "Mixed_5b.branch5x5_2.conv.weight",
            "Mixed_5d.branch_pool.bn.bias",
            "Mixed_6a.branch3x3dbl_3.conv.weight",
            "Mixed_6c.branch7x7dbl_5.conv.weight",
            "Mixed_7a.branch7x7x3_4.bn.weight",
            "Mixed_7c.branch3x3dbl_3b.conv.weight",
            "AuxLogits.conv1.conv.weight",
            "AuxLogits.fc.weight",
            "fc.bias");
  }

  @ParameterizedTest
  @CsvSource({
    "resnet50,resnet",
    "resnext50-32x4d,resnet",
    "densenet121,densenet",
    "resnet20,resnet-cifar",
    "unet,unet"
  })
  void importsItsExportToTheSameBits(String model, String family) {
    ComputationGraphConfiguration configuration = network(model, 3, 5);
    FloatBuffer original = random(configuration);
    WeightFile file =
        WeightFile.of("export", WeightExport.toTorch(family, configuration, original));
    FloatBuffer imported = FloatBuffer.allocate(original.capacity());

    ImportPlan plan = PretrainedStart.fit(model, family, configuration, file);
    plan.writeTo(imported);

    assertThat(imported.array()).isEqualTo(original.array());
    assertThat(plan.report().random()).isEmpty();
    assertThat(plan.report().adapted()).isEmpty();
    assertThat(plan.report().unused()).isEmpty();
    assertThat(plan.report().loaded()).hasSize(ParameterLayout.of(configuration).tensors().size());
  }

  @Test
  void transposesDenseWeights() {
    ComputationGraphConfiguration configuration = network("resnet18", 3, 2);
    WeightFile file = file(configuration);
    FloatBuffer imported = FloatBuffer.allocate(random(configuration).capacity());
    PretrainedStart.fit("resnet18", "resnet", configuration, file).writeTo(imported);
    ParameterTensor head =
        ParameterLayout.of(configuration).ofVertex("head").stream()
            .filter(tensor -> tensor.key().equals("W"))
            .findFirst()
            .orElseThrow();
    // DL4J's (inputs, classes) in column-major order: input 3 of class 1 is at 3 + 512.
    assertThat(imported.get((int) head.offset() + 3 + 512))
        .isEqualTo(file.tensors().get("fc.weight").floats()[512 + 3]);
  }

  @Test
  void replacesTheHeadOfOtherClasses() {
    WeightFile file = file(network("resnet18", 3, 1000));
    ComputationGraphConfiguration configuration = network("resnet18", 3, 2);
    ImportPlan plan = PretrainedStart.fit("resnet18", "resnet", configuration, file);
    assertThat(plan.report().random()).containsExactly("head/W", "head/b");

    float[] before = new float[(int) ParameterLayout.of(configuration).length()];
    java.util.Arrays.fill(before, 9f);
    FloatBuffer imported = FloatBuffer.wrap(before);
    plan.writeTo(imported);
    for (ParameterTensor tensor : ParameterLayout.of(configuration).ofVertex("head")) {
      for (long i = 0; i < tensor.length(); i++) {
        assertThat(imported.get((int) (tensor.offset() + i))).isEqualTo(9f);
      }
    }
  }

  @Test
  void replacesAHeadThatTheFileLacks() {
    Map<String, WeightTensor> body = new LinkedHashMap<>(file(network("resnet18", 3, 2)).tensors());
    body.keySet().removeIf(name -> name.startsWith("fc."));
    ImportPlan plan =
        PretrainedStart.fit(
            "resnet18", "resnet", network("resnet18", 3, 2), new WeightFile("body", body));
    assertThat(plan.report().random()).containsExactly("head/W", "head/b");
  }

  @Test
  void sumsTheFirstConvolutionForGreyImages() {
    WeightFile file = file(network("resnet18", 3, 2));
    ComputationGraphConfiguration configuration = network("resnet18", 1, 2);
    ImportPlan plan = PretrainedStart.fit("resnet18", "resnet", configuration, file);
    assertThat(plan.report().adapted())
        .containsExactly("stem-conv/W: summed over 3 input channels");

    FloatBuffer imported = FloatBuffer.allocate((int) ParameterLayout.of(configuration).length());
    plan.writeTo(imported);
    float[] kernels = file.tensors().get("conv1.weight").floats();
    for (int out = 0; out < 64; out++) {
      for (int i = 0; i < 49; i++) {
        float sum = 0;
        for (int in = 0; in < 3; in++) {
          sum += kernels[(out * 3 + in) * 49 + i];
        }
        assertThat(imported.get(out * 49 + i)).isEqualTo(sum);
      }
    }
  }

  @Test
  void spreadsTheFirstConvolutionOverMoreChannels() {
    TensorForm form = TensorForm.same("w", 1, 4, 1, 1);
    float[] adapted =
        FirstConvolution.adapted(new float[] {3, 6, 9}, new long[] {1, 3, 1, 1}, form);
    assertThat(adapted).containsExactly(3 * 0.75f, 6 * 0.75f, 9 * 0.75f, 3 * 0.75f);
  }

  @ParameterizedTest
  @CsvSource({"resnet18,resnet34", "resnet34,resnet18"})
  void refusesAnotherDepth(String given, String wanted) {
    assertRefused("WEIGHTS_OF_ANOTHER_NETWORK", wanted, file(network(given, 3, 2)));
  }

  @Test
  void refusesWrongShapes() {
    Map<String, WeightTensor> tensors =
        new LinkedHashMap<>(file(network("resnet18", 3, 2)).tensors());
    tensors.put(
        "layer1.0.conv1.weight",
        WeightTensor.of("layer1.0.conv1.weight", new long[] {64, 64, 1, 1}, new float[4096]));
    assertRefused("WEIGHTS_SHAPE_MISMATCH", "resnet18", new WeightFile("f", tensors));
  }

  @Test
  void takesOlderAndWrappedNames() {
    WeightFile file = file(network("densenet121", 3, 2), "densenet");
    List<WeightTensor> renamed = new ArrayList<>();
    for (WeightTensor tensor : file.tensors().values()) {
      renamed.add(
          tensor.named(
              "module."
                  + tensor.name().replaceAll("(denselayer\\d+\\.(norm|conv))(\\d)", "$1.$3")));
    }
    assertThat(renamed)
        .extracting(WeightTensor::name)
        .contains("module.features.denseblock1.denselayer1.norm.1.weight");
    ImportPlan plan =
        PretrainedStart.fit(
            "densenet121", "densenet", network("densenet121", 3, 2), WeightFile.of("f", renamed));
    assertThat(plan.report().random()).isEmpty();
    assertThat(plan.report().unused()).isEmpty();
  }

  /**
   * Of the plain network's file; a concatenation before normalisation, and before a dense layer.
   */
  @ParameterizedTest
  @CsvSource({
    "resnet18, resnet, stem-relu, stage3-block2-relu, ADD, 0",
    "vgg19-bn, vgg, block1-pool, block2-conv2, ADD, 0",
    "vgg19-bn, vgg, block2-pool, block3-conv2, CONCAT, 5",
    "vgg19, vgg, block3-pool, block4-pool, CONCAT, 1",
    "vgg19, vgg, block4-pool, block5-pool, CONCAT, 1",
    "unet, unet, bottom-relu1, decoder1-conv1, ADD, 0",
    "unet, unet, bottom-relu2, decoder1-relu1, CONCAT, 1"
  })
  void startsASkippingNetworkAsThePlainOne(
      String model, String family, String from, String to, Skip.Merge merge, int adapted)
      throws IOException {
    Map<String, Object> options =
        switch (family) {
          case "resnet" -> Map.of("stem", "small");
          case "vgg" -> VGG;
          default -> Map.of("depth", 2, "width", 4);
        };
    ModelSpec spec =
        new ModelSpec(model, InputShape.image(2, 32, 32), 3, "cross-entropy", options, 7);
    ComputationGraph plain = new ComputationGraph(ModelRegistry.configuration(spec));
    plain.init();
    FloatBuffer weights = FloatBuffer.wrap(plain.params().dup().data().asFloat());
    Path path = folder.resolve("plain.safetensors");
    try (OutputStream stream = Files.newOutputStream(path)) {
      SafetensorsFile.write(
          WeightExport.toTorch(family, plain.getConfiguration(), weights), stream);
    }
    Skip skip = new Skip(from, to, merge, Skip.Align.AUTO);
    ModelSpec other =
        new ModelSpec(model, InputShape.image(2, 32, 32), 3, "cross-entropy", options, 8);
    ComputationGraph skipping =
        new ComputationGraph(ModelRegistry.configuration(other.withSkips(List.of(skip))));
    skipping.init();

    ImportPlan plan =
        PretrainedStart.fit(model, family, skipping.getConfiguration(), SafetensorsFile.read(path));
    FloatBuffer started = FloatBuffer.wrap(skipping.params().dup().data().asFloat());
    plan.writeTo(started);
    skipping.setParams(Nd4j.create(started.array()).reshape(1, started.capacity()));

    INDArray images = Nd4j.rand(DataType.FLOAT, 2, 2, 32, 32).subi(0.5);
    INDArray expected = plain.outputSingle(images);
    assertThat(skipping.outputSingle(images).sub(expected).amaxNumber().doubleValue())
        .isLessThanOrEqualTo(1e-6);
    assertThat(plan.report().adapted()).hasSize(adapted);
    assertThat(plan.report().random()).allMatch(tensor -> tensor.startsWith(skip.vertex()));
  }

  @Test
  void refusesFewerInputsThanBeforeTheSkip() {
    ModelSpec spec = new ModelSpec("vgg19", 3, 32, 32, 2, "cross-entropy", VGG, 1);
    Map<String, WeightTensor> tensors =
        new LinkedHashMap<>(file(ModelRegistry.configuration(spec), "vgg").tensors());
    tensors.put(
        "features.28.weight",
        WeightTensor.of("features.28.weight", new long[] {512, 100, 3, 3}, new float[460_800]));
    ModelSpec skipping = spec.withSkips(List.of(Skip.concatenate("block3-pool", "block4-pool")));
    assertThatThrownBy(
            () ->
                PretrainedStart.fit(
                    "vgg19",
                    "vgg",
                    ModelRegistry.configuration(skipping),
                    new WeightFile("f", tensors)))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("WEIGHTS_SHAPE_MISMATCH"));
  }

  private static void assertRefused(String code, String wanted, WeightFile file) {
    assertThatThrownBy(() -> PretrainedStart.fit(wanted, "resnet", network(wanted, 3, 2), file))
        .isInstanceOfSatisfying(SinterException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static Map<String, String> shapes(String model, String family) {
    return shapes(model, family, Map.of());
  }

  private static Map<String, String> shapes(
      String model, String family, Map<String, Object> options) {
    Map<String, String> shapes = new TreeMap<>();
    ModelSpec spec = new ModelSpec(model, 3, 64, 64, 1000, "cross-entropy", options, 1);
    file(ModelRegistry.configuration(spec), family)
        .tensors()
        .forEach((name, tensor) -> shapes.put(name, tensor.shapeText()));
    return shapes;
  }

  private static void norm(Map<String, String> expected, String name, int channels) {
    for (String tensor : List.of("weight", "bias", "running_mean", "running_var")) {
      expected.put(name + "." + tensor, String.valueOf(channels));
    }
  }

  private static WeightFile file(ComputationGraphConfiguration configuration) {
    return file(configuration, "resnet");
  }

  private static WeightFile file(ComputationGraphConfiguration configuration, String family) {
    return WeightFile.of(
        "file", WeightExport.toTorch(family, configuration, random(configuration)));
  }

  private static FloatBuffer random(ComputationGraphConfiguration configuration) {
    float[] values = new float[(int) ParameterLayout.of(configuration).length()];
    Random random = new Random(7);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return FloatBuffer.wrap(values);
  }

  private static ComputationGraphConfiguration network(String name, int channels, int classes) {
    return ModelRegistry.configuration(
        new ModelSpec(name, channels, 64, 64, classes, "cross-entropy", Map.of(), 1));
  }
}
