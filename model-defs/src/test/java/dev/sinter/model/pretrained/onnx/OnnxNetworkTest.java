package dev.sinter.model.pretrained.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.pretrained.GenericNetwork;
import dev.sinter.model.pretrained.SharedModels;
import dev.sinter.model.pretrained.WeightTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class OnnxNetworkTest {
  /** Operators that join values of the network, rather than taking weights. */
  private static final Set<String> JOINING = Set.of("Add", "Mul", "Concat");

  /** Cases whose recorded output has to come out; the others have to be refused by name. */
  private static final List<String> IMPORTED =
      List.of(
          "test_AvgPool2d",
          "test_AvgPool3d",
          "test_AvgPool3d_stride1_pad0_gpu_input",
          "test_BatchNorm2d_eval",
          "test_Conv1d_dilated",
          "test_Conv1d_pad1",
          "test_Conv1d_pad2",
          "test_Conv1d_stride",
          "test_Conv2d_depthwise",
          "test_Conv2d_depthwise_strided",
          "test_Conv2d_dilated",
          "test_Conv2d_groups_thnn",
          "test_Conv2d_padding",
          "test_Conv3d",
          "test_Conv3d_dilated_strided",
          "test_Conv3d_no_bias",
          "test_Conv3d_stride_padding",
          "test_LeakyReLU",
          "test_Linear",
          "test_MaxPool1d_stride",
          "test_MaxPool2d",
          "test_MaxPool3d",
          "test_MaxPool3d_stride_padding",
          "test_PReLU_2d_multiparam",
          "test_SELU",
          "test_Softmax",
          "test_ZeroPad2d",
          "test_add",
          "test_add_uint8",
          "test_averagepool_2d_default",
          "test_averagepool_2d_pads",
          "test_averagepool_2d_precomputed_pads",
          "test_averagepool_2d_precomputed_same_upper",
          "test_averagepool_2d_strides",
          "test_basic_conv_without_padding",
          "test_clip_default_int8_min",
          "test_clip_default_min",
          "test_concat_2d_axis_1",
          "test_concat_3d_axis_1",
          "test_conv_with_autopad_same",
          "test_conv_with_strides_no_padding",
          "test_convtranspose",
          "test_convtranspose_3d",
          "test_convtranspose_dilations",
          "test_convtranspose_pads",
          "test_flatten_axis1",
          "test_flatten_negative_axis3",
          "test_gemm_beta",
          "test_gemm_default_no_bias",
          "test_gemm_default_single_elem_vector_bias",
          "test_gemm_default_zero_bias",
          "test_gemm_transposeB",
          "test_globalaveragepool_precomputed",
          "test_globalmaxpool_precomputed",
          "test_instancenorm_example",
          "test_leakyrelu",
          "test_maxpool_2d_default",
          "test_maxpool_2d_pads",
          "test_maxpool_2d_precomputed_same_upper",
          "test_maxpool_2d_strides",
          "test_mul",
          "test_operator_concat2",
          "test_operator_maxpool",
          "test_resize_upsample_scales_nearest",
          "test_sigmoid",
          "test_softmax_axis_2",
          "test_softmax_example",
          "test_softmax_lastdim");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"resnet18,resnet,3", "densenet121,densenet,3", "unet,unet,1"})
  void readsWhatOnnxExportWrites(String model, String family, int channels) throws IOException {
    Map<String, Object> options = model.equals("unet") ? Map.of("width", 4, "depth", 2) : Map.of();
    ModelSpec spec = new ModelSpec(model, channels, 64, 64, 4, "cross-entropy", options, 3);
    ComputationGraphConfiguration configuration = ModelRegistry.configuration(spec);
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    Nd4j.getRandom().setSeed(4);
    network.params().addi(Nd4j.rand(DataType.FLOAT, network.params().shape()).subi(0.5).muli(0.02));
    Path file = folder.resolve("a.onnx");
    try (OutputStream stream = Files.newOutputStream(file)) {
      OnnxExport.write(
          model,
          family,
          configuration,
          InputType.convolutional(64, 64, channels),
          FloatBuffer.wrap(network.params().dup().data().asFloat()),
          stream);
    }
    INDArray images = Nd4j.rand(DataType.FLOAT, 2, channels, 64, 64);
    GenericNetwork read = OnnxNetwork.read(file);
    assertThat(read.inputShape()).containsExactly((long) channels, 64L, 64L);
    INDArray output = network(read).outputSingle(images);
    assertThat(output.sub(network.outputSingle(images)).amaxNumber().floatValue())
        .isLessThan(1e-5f);
  }

  @Test
  void refusesTruncatedFiles() throws IOException {
    readsWhatOnnxExportWrites("unet", "unet", 1);
    byte[] bytes = Files.readAllBytes(folder.resolve("a.onnx"));
    for (int length = 1; length < bytes.length; length += bytes.length / 19) {
      Path file = Files.write(folder.resolve("part.onnx"), Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> OnnxNetwork.read(file)).isInstanceOf(SinterException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"light_resnet50", "light_vgg19"})
  void readsWholeNetworks(String name) throws IOException {
    GenericNetwork read = OnnxNetwork.read(SharedModels.of("onnx/light/" + name + ".onnx"));
    INDArray expected = array(tensor(SharedModels.of("onnx/light/" + name + "_output_0.pb")));
    int length = 3 * 224 * 224;
    // The suite's input: 0, 1/n, 2/n, ...
    INDArray input =
        Nd4j.arange(length).castTo(DataType.FLOAT).divi(length).reshape(1, 3, 224, 224);
    assertThat(network(read).outputSingle(input).sub(expected).amaxNumber().floatValue())
        .isLessThan(1e-5f);
  }

  @Test
  void givesTheRecordedOutputsOrNamesTheOperator() throws IOException {
    Map<String, String> refused = new TreeMap<>();
    Map<String, String> wrong = new TreeMap<>();
    Set<String> given = new TreeSet<>();
    for (Path folder : cases()) {
      String name = folder.getFileName().toString();
      try {
        String difference = difference(folder);
        if (difference.isEmpty()) {
          given.add(name);
        } else {
          wrong.put(name, difference);
        }
      } catch (SinterException e) {
        assertThat(e.code()).as(name).isIn("OPERATOR_NOT_IMPORTED", "WEIGHTS_UNSUPPORTED");
        refused.put(name, e.getMessage());
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(given).as("refused: %s", refused).containsExactlyElementsOf(IMPORTED);
  }

  private static List<Path> cases() throws IOException {
    List<Path> cases = new ArrayList<>();
    for (String group : List.of("node", "pytorch-converted", "pytorch-operator")) {
      try (Stream<Path> folders = Files.list(SharedModels.of("onnx/" + group))) {
        cases.addAll(folders.sorted().toList());
      }
    }
    return cases;
  }

  /** Empty, or how the output differs from the recorded one. */
  private static String difference(Path folder) throws IOException {
    Path model = folder.resolve("model.onnx");
    OnnxGraph graph = OnnxGraph.read(model);
    boolean joining = graph.nodes().stream().anyMatch(node -> JOINING.contains(node.operator()));
    List<String> names = new ArrayList<>(graph.inputs().keySet());
    Map<String, WeightTensor> fixed = new LinkedHashMap<>();
    List<INDArray> inputs = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      WeightTensor value = tensor(folder.resolve("test_data_set_0/input_" + i + ".pb"));
      if (i == 0 || joining) {
        inputs.add(array(value));
      } else {
        fixed.put(names.get(i), value);
      }
    }
    INDArray output =
        network(OnnxNetwork.read(model, fixed)).output(inputs.toArray(new INDArray[0]))[0];
    WeightTensor expected = tensor(folder.resolve("test_data_set_0/output_0.pb"));
    float[] actual = output.dup('c').data().asFloat();
    float[] wanted = expected.floats();
    if (actual.length != wanted.length) {
      return Arrays.toString(output.shape()) + " instead of " + expected.shapeText();
    }
    float largest = 0;
    for (int i = 0; i < actual.length; i++) {
      float distance = Math.abs(actual[i] - wanted[i]);
      largest = distance <= largest ? largest : distance;
    }
    return largest <= 1e-4f ? "" : "largest difference " + largest;
  }

  private static WeightTensor tensor(Path file) throws IOException {
    return OnnxTensors.read(new ProtoReader(ByteBuffer.wrap(Files.readAllBytes(file))));
  }

  private static INDArray array(WeightTensor tensor) {
    return Nd4j.createFromArray(tensor.floats()).reshape(tensor.shape());
  }

  /** Through JSON, as everywhere in Sinter. */
  private static ComputationGraph network(GenericNetwork generic) {
    ComputationGraph network =
        new ComputationGraph(
            ComputationGraphConfiguration.fromJson(generic.configuration().toJson()));
    network.init();
    if (generic.parameters().length > 0) {
      network.setParams(Nd4j.createFromArray(generic.parameters()).reshape(1, -1));
    }
    return network;
  }
}
