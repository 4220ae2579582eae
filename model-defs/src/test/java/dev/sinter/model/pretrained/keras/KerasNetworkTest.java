package dev.sinter.model.pretrained.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.GenericNetwork;
import dev.sinter.model.pretrained.SharedModels;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class KerasNetworkTest {
  @TempDir private Path folder;

  /** A flattened image: Keras' vector has the channels last. */
  @Test
  void computesWhatKerasComputes() {
    Path file = folder.resolve("a.h5");
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      hdf.putAttribute(
          "model_config",
          """
          {"class_name": "Sequential", "config": {"layers": [
            {"class_name": "Conv2D", "config": {"name": "conv", "batch_input_shape": [null, 2, 3, 2],
              "filters": 2, "kernel_size": [1, 1], "strides": [1, 1], "padding": "valid",
              "activation": "relu", "use_bias": true}},
            {"class_name": "BatchNormalization", "config": {"name": "bn", "axis": [3],
              "epsilon": 0.5, "scale": false, "center": true}},
            {"class_name": "Flatten", "config": {"name": "flatten"}},
            {"class_name": "Dropout", "config": {"name": "drop", "rate": 0.5}},
            {"class_name": "Dense", "config": {"name": "dense", "units": 1,
              "activation": "linear", "use_bias": false}}]}}
          """);
      WritableGroup weights = hdf.putGroup("model_weights");
      layer(
          weights,
          "conv",
          "kernel",
          new float[][][][] {{{{1, 2}, {3, -4}}}},
          "bias",
          new float[] {1, 0});
      layer(
          weights,
          "bn",
          "beta",
          new float[] {0, 1},
          "moving_mean",
          new float[] {1, 2},
          "moving_variance",
          new float[] {0.5f, 3.5f});
      float[][] dense = new float[12][1];
      for (int i = 0; i < 12; i++) {
        dense[i][0] = i + 1;
      }
      layer(weights, "dense", "kernel", dense);
      weights.putAttribute("layer_names", new String[] {"conv", "bn", "dense"});
    }
    float[][][] image = {
      {{1, 0}, {0, 1}, {2, 1}}, {{-1, 1}, {3, 0}, {0, 0}}
    }; // rows, columns, channels
    float expected = 0;
    for (int y = 0; y < 2; y++) {
      for (int x = 0; x < 3; x++) {
        float a = image[y][x][0];
        float b = image[y][x][1];
        float one = Math.max(0, 1 * a + 3 * b + 1);
        float two = Math.max(0, 2 * a - 4 * b);
        expected += (one - 1) / 1f * dense(y, x, 0) + ((two - 2) / 2f + 1) * dense(y, x, 1);
      }
    }
    INDArray input = Nd4j.create(DataType.FLOAT, 1, 2, 2, 3);
    for (int y = 0; y < 2; y++) {
      for (int x = 0; x < 3; x++) {
        for (int c = 0; c < 2; c++) {
          input.putScalar(new int[] {0, c, y, x}, image[y][x][c]);
        }
      }
    }
    assertThat(network(KerasNetwork.read(file)).outputSingle(input).getFloat(0))
        .isCloseTo(expected, within(1e-4f));
  }

  private static float dense(int y, int x, int channel) {
    return (y * 3 + x) * 2 + channel + 1;
  }

  /** Only a configuration without a scale or a centre may leave gamma or beta out. */
  @ParameterizedTest
  @CsvSource({"true,false,gamma", "false,true,beta"})
  void refusesANormalisationThatLacksATensor(boolean scale, boolean center, String missing) {
    Path file = folder.resolve("bn.h5");
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      hdf.putAttribute(
          "model_config",
          """
          {"class_name": "Sequential", "config": {"layers": [
            {"class_name": "Dense", "config": {"name": "dense", "batch_input_shape": [null, 2],
              "units": 2, "activation": "linear", "use_bias": false}},
            {"class_name": "BatchNormalization", "config": {"name": "bn", "axis": [1],
              "epsilon": 0.5, "scale": %s, "center": %s}}]}}
          """
              .formatted(scale, center));
      WritableGroup weights = hdf.putGroup("model_weights");
      layer(weights, "dense", "kernel", new float[][] {{1, 2}, {3, 4}});
      float[] two = {1, 2};
      layer(weights, "bn", "moving_mean", two, "moving_variance", two);
      weights.putAttribute("layer_names", new String[] {"dense", "bn"});
    }
    assertThatThrownBy(() -> KerasNetwork.read(file))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("WEIGHTS_UNREADABLE"))
        .hasMessageContaining("bn/" + missing);
  }

  @Test
  void namesALayerThatItDoesNotKnow() {
    Path file = folder.resolve("b.h5");
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      hdf.putAttribute(
          "model_config",
          "{\"class_name\": \"Sequential\", \"config\": {\"layers\": [{\"class_name\": \"GRU\","
              + " \"config\": {\"name\": \"gru_1\", \"batch_input_shape\": [null, 4, 2]}}]}}");
      WritableGroup weights = hdf.putGroup("model_weights");
      weights.putAttribute("layer_names", new String[] {"gru_1"});
      weights.putGroup("gru_1");
    }
    assertThatThrownBy(() -> KerasNetwork.read(file))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("LAYER_NOT_IMPORTED"))
        .hasMessageContaining("gru_1 (GRU)");
  }

  @Test
  void refusesWeightsWithoutANetwork() {
    Path file = folder.resolve("c.h5");
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      layer(hdf, "dense", "kernel", new float[][] {{1}});
      hdf.putAttribute("layer_names", new String[] {"dense"});
    }
    assertThatThrownBy(() -> KerasNetwork.read(file))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("WEIGHTS_NEED_A_MODEL"));
  }

  @Test
  void refusesTruncatedFiles() throws IOException {
    computesWhatKerasComputes();
    byte[] bytes = Files.readAllBytes(folder.resolve("a.h5"));
    for (int length = 1; length < bytes.length; length += bytes.length / 23) {
      Path file = Files.write(folder.resolve("part.h5"), Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> KerasNetwork.read(file)).isInstanceOf(SinterException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"activations", "conv1d"})
  void givesTheRecordedOutputs(String name) throws IOException {
    List<Path> models;
    try (Stream<Path> files = Files.list(SharedModels.of("keras_h5/" + name))) {
      models = files.filter(file -> file.toString().endsWith("_model.h5")).sorted().toList();
    }
    assertThat(models).isNotEmpty();
    List<String> wrong = new ArrayList<>();
    for (Path model : models) {
      Path record = Path.of(model.toString().replace("_model.h5", "_inputs_and_outputs.h5"));
      boolean channelsLast = model.toString().contains("_cl_");
      try (HdfFile hdf = new HdfFile(record)) {
        INDArray output =
            network(KerasNetwork.read(model)).outputSingle(array(hdf, "inputs", channelsLast));
        INDArray expected = array(hdf, "predictions", channelsLast);
        assertThat(output.shape()).as(model.toString()).isEqualTo(expected.shape());
        float distance = output.sub(expected).amaxNumber().floatValue();
        if (distance > 1e-5f) {
          wrong.add(model.getFileName() + ": " + distance);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void givesTheRecordedOutputOfKeras1() throws IOException {
    Path models = SharedModels.of("keras_h5/simple_cnn_keras1");
    GenericNetwork network = KerasNetwork.read(models.resolve("cnn_tf_model.h5"));
    float[] input = numbers(models.resolve("cnn_tf_input.txt"));
    float[] expected = numbers(models.resolve("cnn_tf_output.txt"));
    INDArray image = Nd4j.createFromArray(input).reshape(1, 3, 8, 8);
    float[] output = network(network).outputSingle(image).dup('c').data().asFloat();
    assertThat(output).containsExactly(expected, within(1e-5f));
  }

  /** Those without recorded outputs compute at least; what is refused is refused by a code. */
  @Test
  void importsEveryNetworkThatAFileDescribes() throws IOException {
    Map<String, String> outcomes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(SharedModels.of("keras_h5"))) {
      for (Path file : files.filter(path -> path.toString().matches(".*\\.(h5|hdf5)")).toList()) {
        if (!file.toString().contains("_inputs_and_outputs")) {
          outcomes.put(file.getParent().getFileName() + "/" + file.getFileName(), outcome(file));
        }
      }
    }
    assertThat(outcomes).hasSizeGreaterThan(90);
    // Some networks mix channels first and last, one has a locally connected layer.
    assertThat(outcomes)
        .allSatisfy(
            (name, outcome) ->
                assertThat(outcome)
                    .as(name)
                    .matches(
                        name.endsWith("_weights.h5")
                            ? "(?s)WEIGHTS_NEED_A_MODEL .*"
                            : name.startsWith("weights/") || name.startsWith("tfkeras")
                                ? "(?s)computes|WEIGHTS_NEED_A_MODEL .*|LAYER_NOT_IMPORTED .*"
                                : "computes"));
  }

  private static String outcome(Path file) {
    GenericNetwork read;
    try {
      read = KerasNetwork.read(file);
    } catch (SinterException e) {
      return e.code() + " " + e.getMessage();
    }
    long[] shape = new long[read.inputShape().size() + 1];
    shape[0] = 2;
    for (int i = 1; i < shape.length; i++) {
      shape[i] = read.inputShape().get(i - 1);
    }
    INDArray output = network(read).outputSingle(Nd4j.rand(DataType.FLOAT, shape));
    return Double.isFinite(output.sumNumber().doubleValue()) ? "computes" : "is not finite";
  }

  private static float[] numbers(Path file) throws IOException {
    String[] words = Files.readString(file).strip().split("\\s+", -1);
    float[] numbers = new float[words.length];
    for (int i = 0; i < words.length; i++) {
      numbers[i] = Float.parseFloat(words[i]);
    }
    return numbers;
  }

  private static INDArray array(HdfFile hdf, String group, boolean channelsLast) {
    Dataset values = (Dataset) ((io.jhdf.api.Group) hdf.getChild(group)).iterator().next();
    long[] shape = Arrays.stream(values.getDimensions()).asLongStream().toArray();
    INDArray array = Nd4j.createFromArray((float[]) values.getDataFlat()).reshape(shape);
    return channelsLast && shape.length == 3 ? array.permute(0, 2, 1).dup('c') : array;
  }

  /** Through JSON, as everywhere in Sinter. */
  private static ComputationGraph network(GenericNetwork generic) {
    ComputationGraph network =
        new ComputationGraph(
            ComputationGraphConfiguration.fromJson(generic.configuration().toJson()));
    network.init();
    network.setParams(Nd4j.createFromArray(generic.parameters()).reshape(1, -1));
    return network;
  }

  private static void layer(WritableGroup weights, String name, Object... namesAndValues) {
    WritableGroup layer = weights.putGroup(name);
    WritableGroup inner = layer.putGroup(name);
    String[] names = new String[namesAndValues.length / 2];
    for (int i = 0; i < names.length; i++) {
      names[i] = name + "/" + namesAndValues[2 * i] + ":0";
      inner.putDataset(namesAndValues[2 * i] + ":0", namesAndValues[2 * i + 1]);
    }
    layer.putAttribute("weight_names", names);
  }
}
