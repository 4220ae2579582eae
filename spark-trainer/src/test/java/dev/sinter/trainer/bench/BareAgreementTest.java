package dev.sinter.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.from_blob;

import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.bench.BareLayers.Style;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.Engines;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.MemoryAddress;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.RandomState;
import dev.sinter.trainer.engine.Replica;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The engine against the networks that are written by hand on libtorch, with the same weights: the
 * same loss and gradient in either precision, so that neither loses more to bf16 than the other.
 */
@SuppressWarnings("try") // scopes that close what is made within them
class BareAgreementTest {
  private static final int SAMPLES = 8;
  private static final int SIZE = 64;
  private static final int CLASSES = 4;

  private record LossAndGradient(double loss, float[] gradient) {}

  @ParameterizedTest
  @ValueSource(strings = {"resnet18", "resnet50", "densenet121", "unet"})
  void losesAsMuchToSixteenBitsAsLibtorchByHand(String model) {
    ModelSpec spec = new ModelSpec(model, 3, SIZE, SIZE, CLASSES, "cross-entropy", Map.of(), 1);
    Network network = Network.of(spec, ModelRegistry.configuration(spec));
    Batch batch = RandomState.batch(network, SAMPLES, 3);
    try (FlatVector parameters = initial(network)) {
      LossAndGradient fp32 = ofEngine(network, batch, parameters, ComputePrecision.FP32);
      LossAndGradient bare32 = ofBare(network, batch, parameters, ComputePrecision.FP32);
      assertThat(fp32.loss()).isCloseTo(bare32.loss(), within(1e-3));
      assertThat(cosine(fp32, bare32)).isGreaterThan(0.9999);

      LossAndGradient bf16 = ofEngine(network, batch, parameters, ComputePrecision.BF16);
      LossAndGradient bare16 = ofBare(network, batch, parameters, ComputePrecision.BF16);
      assertThat(Math.abs(bf16.loss() - fp32.loss()))
          .isLessThanOrEqualTo(Math.abs(bare16.loss() - bare32.loss()) + 0.01);
      assertThat(cosine(bf16, fp32)).isGreaterThanOrEqualTo(cosine(bare16, bare32) - 0.01);
    }
  }

  private static FlatVector initial(Network network) {
    ComputationGraph graph = new ComputationGraph(network.configuration());
    graph.init();
    FlatVector parameters = FlatVector.ofFloats(network.layout().length());
    parameters.floats().put(graph.params().toFloatVector());
    return parameters;
  }

  private static LossAndGradient ofEngine(
      Network network, Batch batch, FlatVector parameters, ComputePrecision precision) {
    EngineSettings settings = EngineSettings.of("libtorch").with(precision);
    try (FlatVector gradient = FlatVector.ofFloats(parameters.length());
        Replica replica = Engines.byName(settings).createReplica(network, parameters)) {
      double loss = replica.computeGradient(batch, 1, gradient);
      List<float[]> parts = new ArrayList<>();
      for (ParameterTensor tensor : inOrderOfBareNetwork(network)) {
        float[] part = new float[(int) tensor.length()];
        gradient.floats().get((int) tensor.offset(), part);
        parts.add(part);
      }
      return new LossAndGradient(loss, joined(parts));
    }
  }

  private static LossAndGradient ofBare(
      Network network, Batch batch, FlatVector parameters, ComputePrecision precision) {
    try (PointerScope scope = new PointerScope()) {
      BareLayers layers = new BareLayers(Style.TUNED, precision);
      BareLayers.Layer bare =
          BareNetworks.build(network.spec().name(), layers, network.spec().channels(), CLASSES);
      load(layers.parameters(), inOrderOfBareNetwork(network), parameters);
      layers.startStep();
      Tensor inputs =
          from_blob(
              new FloatPointer(batch.inputs()),
              batch.inputShape(),
              new TensorOptions(ScalarType.Float));
      Tensor labels =
          from_blob(
                  new IntPointer(batch.labels()),
                  batch.labelsShape(),
                  new TensorOptions(ScalarType.Int))
              .to(ScalarType.Long);
      Tensor logits = bare.apply(layers.input(inputs));
      Tensor loss = torch.cross_entropy_loss(logits.to(ScalarType.Float), labels);
      loss.backward();
      List<float[]> parts = new ArrayList<>();
      for (Tensor parameter : layers.parameters()) {
        float[] part = new float[(int) parameter.numel()];
        new FloatPointer(parameter.grad().contiguous().data_ptr()).get(part);
        parts.add(part);
      }
      return new LossAndGradient(loss.item_double(), joined(parts));
    }
  }

  private static void load(List<Tensor> bare, List<ParameterTensor> tensors, FlatVector vector) {
    assertThat(bare).hasSameSizeAs(tensors);
    try (AutoGradMode notRecording = new AutoGradMode(false)) {
      for (int i = 0; i < bare.size(); i++) {
        ParameterTensor tensor = tensors.get(i);
        assertThat(bare.get(i).numel()).as(tensor.name()).isEqualTo(tensor.length());
        MemoryAddress values = new MemoryAddress(vector.address() + tensor.offset() * Float.BYTES);
        bare.get(i)
            .copy_(from_blob(values, bare.get(i).shape(), new TensorOptions(ScalarType.Float)));
      }
    }
  }

  /** The vector's order, but projections come last in their block, and biases after kernels. */
  private static List<ParameterTensor> inOrderOfBareNetwork(Network network) {
    List<ParameterTensor> tensors =
        new ArrayList<>(
            network.layout().tensors().stream()
                .filter(tensor -> tensor.role() == ParameterTensor.Role.TRAINABLE)
                .toList());
    List<String> vertices = tensors.stream().map(ParameterTensor::vertex).distinct().toList();
    List<String> blocks = tensors.stream().map(BareAgreementTest::block).distinct().toList();
    tensors.sort(
        Comparator.comparingInt((ParameterTensor tensor) -> blocks.indexOf(block(tensor)))
            .thenComparing(tensor -> tensor.vertex().contains("shortcut"))
            .thenComparing(tensor -> vertices.indexOf(tensor.vertex()))
            .thenComparing(tensor -> tensor.key().equals("b")));
    return tensors;
  }

  private static String block(ParameterTensor tensor) {
    return tensor.vertex().replaceFirst("^(stage\\d+-block\\d+)-.*", "$1");
  }

  private static float[] joined(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static double cosine(LossAndGradient left, LossAndGradient right) {
    double product = 0;
    double leftSquares = 0;
    double rightSquares = 0;
    for (int i = 0; i < left.gradient().length; i++) {
      double l = left.gradient()[i];
      double r = right.gradient()[i];
      product += l * r;
      leftSquares += l * l;
      rightSquares += r * r;
    }
    return product / Math.sqrt(leftSquares * rightSquares);
  }
}
