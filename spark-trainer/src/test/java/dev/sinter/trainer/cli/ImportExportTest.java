package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.model.pretrained.TensorForm;
import dev.sinter.model.pretrained.TensorNames;
import dev.sinter.model.pretrained.WeightFile;
import dev.sinter.model.pretrained.keras.KerasApplicationNames;
import dev.sinter.trainer.TinyCollections;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.StoredModel;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Weights out of a run, through every format, and into the next one. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ImportExportTest {
  private static final String[] UNET = {
    "--model",
    "unet",
    "--channels",
    "1",
    "--size",
    "16x16",
    "--classes",
    "2",
    "--option",
    "depth=2",
    "--option",
    "width=4"
  };

  @TempDir static Path folder;
  private static String collection;
  private static String dataset;
  private static JsonNode trained;

  @BeforeAll
  static void train() throws Exception {
    collection = TinyCollections.volumes(folder.resolve("collection"), 16, 16, 2).toString();
    dataset = folder.resolve("dataset").toString();
    String configuration = configuration("first", "", 0.01);
    json("prepare", configuration);
    trained = json("train", configuration);
  }

  private static String configuration(String name, String pretrained, double rate)
      throws IOException {
    return Files.writeString(
            folder.resolve(name + ".yaml"),
            """
            data: {input: %s, output: %s, task: segmentation}
            model: {name: unet, options: {depth: 2, width: 4}%s}
            train: {epochs: 1, lanes: 4, micro-batch-size: 2, output: %s}
            optimizer: {name: sgd, momentum: 0.0, learning-rate: %s}
            """
                .formatted(collection, dataset, pretrained, folder.resolve(name), rate))
        .toString();
  }

  private static JsonNode json(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--json", "-"));
    CommandResult result = CommandResult.of(all.toArray(new String[0]));
    assertThat(result.exitCode()).as(result.errors()).isZero();
    return result.json();
  }

  private static String run() {
    return folder.resolve("first").toString();
  }

  private static String file(String name) {
    return folder.resolve(name).toString();
  }

  private static JsonNode imported(String weights, String output) {
    List<String> arguments =
        new ArrayList<>(List.of("import", "--weights", file(weights), "--output", file(output)));
    arguments.addAll(Arrays.asList(UNET));
    return json(arguments.toArray(new String[0]));
  }

  @Test
  @Order(1)
  void everyFormatBringsTheSameBitsBack() {
    for (String format : List.of("safetensors", "onnx", "dl4j")) {
      JsonNode exported =
          json("export", "--model", run(), "--format", format, "--output", file("w." + format));
      JsonNode again = imported("w." + format, format + ".zip");
      assertThat(again.get("parameters_sha256").asText())
          .as(format)
          .isEqualTo(exported.get("parameters_sha256").asText())
          .isEqualTo(trained.get("parameters_sha256").asText());
      assertThat(again.get("random")).isEmpty();
      assertThat(again.get("loaded").size()).isGreaterThan(20);
    }
  }

  @Test
  @Order(2)
  void stockDl4jOpensWhatIsExportedAndImported() throws IOException {
    for (String name : List.of("w.dl4j", "safetensors.zip")) {
      ComputationGraph graph =
          ModelSerializer.restoreComputationGraph(folder.resolve(name).toFile(), false);
      StoredModel model = stored(run());
      assertThat(graph.params().data().asFloat()).isEqualTo(values(model));
      model.parameters().close();
    }
  }

  @Test
  @Order(3)
  void aRunStartsFromPretrainedWeights() throws IOException {
    String second = configuration("second", ", pretrained: " + file("w.safetensors"), 1e-12);
    json("train", second);
    StoredModel before = stored(run());
    StoredModel after = stored(file("second"));
    float[] one = values(before);
    float[] other = values(after);
    assertThat(one).hasSameSizeAs(other);
    before.network().layout().tensors().stream()
        .filter(tensor -> List.of("W", "b", "gamma", "beta").contains(tensor.key()))
        .forEach(
            tensor -> {
              for (int i = (int) tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
                assertThat(other[i]).as(tensor.name()).isCloseTo(one[i], within(1e-7f));
              }
            });
    before.parameters().close();
    after.parameters().close();
  }

  @Test
  @Order(4)
  void nothingIsWrittenWhenWeightsDoNotFit() throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve("w.safetensors"));
    Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(whole, whole.length - 1));
    refused("WEIGHTS_UNREADABLE", "cut.safetensors", UNET);
    refused("WEIGHTS_NOT_FOUND", "none.safetensors", UNET);
    refused("WEIGHTS_NEED_A_MODEL", "w.safetensors");
    refused(
        "WEIGHTS_SHAPE_MISMATCH",
        "w.safetensors",
        "--model",
        "unet",
        "--channels",
        "1",
        "--size",
        "16x16",
        "--classes",
        "2",
        "--option",
        "depth=2",
        "--option",
        "width=8");
    refused("WEIGHTS_OF_ANOTHER_NETWORK", "w.safetensors", "--model", "resnet18");
  }

  private static void refused(String code, String weights, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("import", "--weights", file(weights), "--output", file("no.zip")));
    arguments.addAll(Arrays.asList(more));
    CommandResult result = CommandResult.of(arguments.toArray(new String[0]));
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.errors()).contains("error " + code + ":");
    assertThat(folder.resolve("no.zip")).doesNotExist();
  }

  @Test
  @Order(5)
  void anImportedModelPredictsOnlyOnceItIsTrained() {
    CommandResult result =
        CommandResult.of(
            "predict",
            "--model",
            file("safetensors.zip"),
            "--input",
            collection,
            "--output",
            file("predictions"));
    assertThat(result.errors()).contains("error MODEL_NOT_TRAINED:");
  }

  /** What is exported for DL4J is the trained model still. */
  @Test
  @Order(5)
  void anExportedModelEvaluatesAsItsRunDoes() {
    JsonNode exported = json("evaluate", "--model", file("w.dl4j"), "--data", dataset);
    assertThat(exported).isEqualTo(json("evaluate", "--model", run(), "--data", dataset));
    StoredModel copy = stored(file("w.dl4j"));
    assertThat(copy.manifest().step()).isPositive();
    assertThat(copy.manifest().optimizerSlices()).isEmpty();
    copy.parameters().close();
    json(
        "predict", "--model", file("w.dl4j"), "--input", collection, "--output", file("predicted"));
  }

  @Test
  @Order(6)
  void optionsOfANetworkNeedItsName() {
    CommandResult result =
        CommandResult.of(
            "import",
            "--weights",
            file("w.onnx"),
            "--output",
            file("no.zip"),
            "--classes",
            "3",
            "--size",
            "8x8",
            "--channels",
            "1",
            "--option",
            "depth=2");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.errors())
        .contains("error USAGE:", "--classes, --channels, --size, --option without --model");
    assertThat(folder.resolve("no.zip")).doesNotExist();
  }

  @Test
  @Order(6)
  void aKerasNetworkNeedsNoModel() {
    Path file = folder.resolve("dense.h5");
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      hdf.putAttribute(
          "model_config",
          """
          {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense",
            "config": {"name": "dense", "batch_input_shape": [null, 2], "units": 2,
                       "activation": "softmax", "use_bias": false}}]}}
          """);
      WritableGroup weights = hdf.putGroup("model_weights");
      weights.putAttribute("layer_names", new String[] {"dense"});
      WritableGroup dense = weights.putGroup("dense");
      dense.putAttribute("weight_names", new String[] {"dense/kernel:0"});
      dense.putGroup("dense").putDataset("kernel:0", new float[][] {{1, 2}, {3, 4}});
    }
    JsonNode imported = json("import", "--weights", file.toString(), "--output", file("dense.zip"));
    assertThat(imported.get("model").asText()).isEqualTo("imported");
    StoredModel model = stored(file("dense.zip"));
    assertThat(values(model)).containsExactly(1, 3, 2, 4); // column by column
    model.parameters().close();
    json(
        "export", "--model", file("dense.zip"), "--format", "onnx", "--output", file("dense.onnx"));
    assertThat(
            json("import", "--weights", file("dense.onnx"), "--output", file("again.zip"))
                .get("loaded")
                .size())
        .isEqualTo(1);
  }

  /** Nobody has to know that keras-applications' DenseNet is not torchvision's. */
  @Test
  @Order(6)
  void aKerasFileHasKerasLayout() {
    ComputationGraphConfiguration configuration =
        ModelRegistry.configuration(
            new ModelSpec(
                "densenet121", 3, 32, 32, 2, "cross-entropy", Map.of("layout", "keras"), 1));
    TensorNames names =
        KerasApplicationNames.of("densenet", new WeightFile("none", Map.of())).orElseThrow();
    Path file = folder.resolve("densenet.h5");
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      Map<String, WritableGroup> groups = new HashMap<>();
      Map<String, List<String>> ends = new TreeMap<>();
      for (ParameterTensor tensor : ParameterLayout.of(configuration).tensors()) {
        LayerVertex vertex = (LayerVertex) configuration.getVertices().get(tensor.vertex());
        TensorForm form = names.of(tensor, vertex.getLayerConf().getLayer()).orElseThrow();
        int slash = form.name().lastIndexOf('/');
        String layer = form.name().substring(0, slash);
        String end = form.name().substring(slash + 1) + ":0";
        long[] shape = form.shape();
        Object values =
            Array.newInstance(float.class, Arrays.stream(shape).mapToInt(i -> (int) i).toArray());
        group(hdf, groups, layer).putDataset(end, values);
        ends.computeIfAbsent(layer, each -> new ArrayList<>()).add(end);
      }
      ends.forEach(
          (layer, list) ->
              groups.get(layer).putAttribute("weight_names", list.toArray(String[]::new)));
      hdf.putAttribute("layer_names", ends.keySet().toArray(String[]::new));
    }
    String[] command = {
      "import",
      "--weights",
      file.toString(),
      "--model",
      "densenet121",
      "--classes",
      "2",
      "--size",
      "32x32",
      "--output",
      file("densenet.zip")
    };
    JsonNode imported = json(command);
    assertThat(imported.get("options").get("layout").asText()).isEqualTo("keras");
    StoredModel model = stored(file("densenet.zip"));
    assertThat(model.manifest().model().options()).containsEntry("layout", "keras");
    assertThat(values(model)).containsOnly(0);
    model.parameters().close();

    String[] torchvision = Arrays.copyOf(command, command.length + 2);
    torchvision[command.length] = "--option";
    torchvision[command.length + 1] = "layout=torchvision";
    torchvision[command.length - 1] = file("other.zip");
    CommandResult refused = CommandResult.of(torchvision);
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.errors())
        .contains("error WEIGHTS_OF_ANOTHER_NETWORK:", "--option layout=keras");
    assertThat(folder.resolve("other.zip")).doesNotExist();
  }

  private static WritableGroup group(
      WritableGroup root, Map<String, WritableGroup> groups, String path) {
    WritableGroup there = groups.get(path);
    if (there == null) {
      int slash = path.lastIndexOf('/');
      WritableGroup parent = slash < 0 ? root : group(root, groups, path.substring(0, slash));
      there = parent.putGroup(path.substring(slash + 1));
      groups.put(path, there);
    }
    return there;
  }

  @Test
  @Order(7)
  void aRunGoesOnWithoutTheWeightsThatItStartedFrom() throws IOException {
    Path weights = Files.copy(folder.resolve("w.safetensors"), folder.resolve("gone.safetensors"));
    String[] train = {
      "train",
      configuration("third", ", pretrained: " + weights, 0.01),
      "-Doptimizer.schedule.name=constant"
    };
    CommandResult started = CommandResult.of(train);
    assertThat(started.exitCode()).as(started.errors()).isZero();
    assertThat(started.output()).contains("starts from");

    Files.delete(weights);
    CommandResult resumed = CommandResult.of(train[0], train[1], train[2], "-Dtrain.epochs=2");

    assertThat(resumed.exitCode()).as(resumed.errors()).isZero();
    assertThat(resumed.output() + resumed.errors()).doesNotContain("starts from");
  }

  private static StoredModel stored(String uri) {
    return RunDirectory.readModel(uri, new Configuration());
  }

  private static float[] values(StoredModel model) {
    float[] values = new float[(int) model.parameters().length()];
    model.parameters().floats().get(values);
    return values;
  }
}
