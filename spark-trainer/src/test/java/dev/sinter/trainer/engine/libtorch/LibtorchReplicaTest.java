package dev.sinter.trainer.engine.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.DiceCrossEntropyLoss;
import dev.sinter.model.InputShape;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.RandomState;
import dev.sinter.trainer.engine.Replica;
import dev.sinter.trainer.engine.TestNetworks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LibtorchReplicaTest {
  @Test
  void gradientMatchesFiniteDifferences() {
    assertGradientMatchesFiniteDifferences(TestNetworks.resNet());
  }

  @Test
  void diceGradientMatchesFiniteDifferences() {
    assertGradientMatchesFiniteDifferences(TestNetworks.uNet(new DiceCrossEntropyLoss()));
  }

  /** Layers of volumes by themselves: no other engine has a say here. */
  @ParameterizedTest
  @ValueSource(strings = {"batch", "group"})
  void gradientOfVolumesMatchesFiniteDifferences(String norm) {
    Map<String, Object> options =
        Map.of("depth", 2, "width", 4, "norm", norm, "deep-supervision", "true");
    ModelSpec spec =
        new ModelSpec("unet3d", InputShape.volume(2, 8, 4, 8), 3, "dice-cross-entropy", options, 1);
    Network network = Network.of(spec, ModelRegistry.configuration(spec));
    assertGradientMatchesFiniteDifferences(network);
    assertEveryParameterHasAGradient(network);
  }

  private static void assertEveryParameterHasAGradient(Network network) {
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT64, 2);
        FlatVector gradient = FlatVector.ofDoubles(parameters.length());
        LibtorchReplica replica = replica(network, parameters, ComputePrecision.FP32)) {
      replica.meanLoss(RandomState.batch(network, 4, 3), 1, gradient);
      for (ParameterTensor tensor : network.layout().tensors()) {
        double largest = 0;
        for (long i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
          largest = Math.max(largest, Math.abs(RandomState.get(gradient, i)));
        }
        assertThat(largest).as(tensor.name()).isFinite().isPositive();
      }
    }
  }

  /** Where DL4J's own gradient is wrong or missing. */
  @Test
  void gradientsOfRareLayersMatchFiniteDifferences() {
    assertGradientMatchesFiniteDifferences(
        TestNetworks.around(
            (graph, input) -> {
              graph.addLayer(
                  "lrn",
                  new LocalResponseNormalization.Builder().k(1).alpha(0.3).beta(0.5).build(),
                  input);
              return "lrn";
            }));
    assertGradientMatchesFiniteDifferences(
        TestNetworks.around(
            (graph, input) -> {
              graph.addLayer(
                  "prelu",
                  new PReLULayer.Builder().inputShape(5, 7, 9).sharedAxes(2, 3).build(),
                  input);
              return "prelu";
            }));
    BatchNormalization norm = TestNetworks.batchNorm();
    norm.setNIn(5);
    norm.setNOut(5);
    assertGradientMatchesFiniteDifferences(
        TestNetworks.around(
            (graph, input) -> {
              graph.addLayer("frozen", new FrozenLayerWithBackprop(norm), input);
              return "frozen";
            }));
  }

  /** The slope along random directions, which every trainable parameter takes part in. */
  private static void assertGradientMatchesFiniteDifferences(Network network) {
    double step = 1e-8; // seldom reaches a kink of ReLU or a tie of max pooling
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT64, 2);
        FlatVector gradient = FlatVector.ofDoubles(parameters.length());
        FlatVector scratch = FlatVector.ofDoubles(parameters.length());
        LibtorchReplica replica = replica(network, parameters, ComputePrecision.FP32)) {
      Batch batch = RandomState.batch(network, 4, 3);
      replica.meanLoss(batch, 1, gradient);
      Random random = new Random(4);
      for (int trial = 0; trial < 5; trial++) {
        double[] direction = new double[Math.toIntExact(parameters.length())];
        double expected = 0;
        for (ParameterTensor tensor : network.layout().tensors()) {
          boolean frozen = tensor.vertex().equals("frozen");
          if (tensor.role() == ParameterTensor.Role.TRAINABLE && !frozen) {
            for (long i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
              direction[(int) i] = random.nextGaussian();
              expected += direction[(int) i] * RandomState.get(gradient, i);
            }
          }
        }
        move(parameters, direction, step);
        double above = replica.meanLoss(batch, 1, scratch);
        move(parameters, direction, -2 * step);
        double below = replica.meanLoss(batch, 1, scratch);
        move(parameters, direction, step);
        assertThat((above - below) / (2 * step))
            .isCloseTo(expected, within(1e-4 * Math.max(1, Math.abs(expected))));
      }
    }
  }

  private static void move(FlatVector vector, double[] direction, double step) {
    for (int i = 0; i < direction.length; i++) {
      RandomState.set(vector, i, RandomState.get(vector, i) + step * direction[i]);
    }
  }

  @Test
  void diceCrossEntropyMatchesItsFormula() {
    Network network = TestNetworks.uNet(new DiceCrossEntropyLoss());
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT64, 2);
        FlatVector gradient = FlatVector.ofDoubles(parameters.length());
        LibtorchReplica replica = replica(network, parameters, ComputePrecision.FP32)) {
      Batch batch = RandomState.batch(network, 3, 3);
      // With the batch's own statistics as running ones, evaluation sees what training saw.
      double loss = replica.meanLoss(batch, 1, gradient);
      copyStatistics(network, gradient, parameters);
      FloatBuffer probabilities = probabilities(network, batch);
      replica.predict(batch, probabilities);
      // The running variance is the unbiased one, hence the wide bound.
      assertThat(loss).isCloseTo(diceCrossEntropy(network, batch, probabilities), within(0.05));
      // Zero weights before the softmax: every probability is 1 / classes, exactly.
      zero(network, parameters, "logits");
      double uniform = replica.meanLoss(batch, 1, gradient);
      replica.predict(batch, probabilities);
      assertThat(uniform).isCloseTo(diceCrossEntropy(network, batch, probabilities), within(1e-7));
    }
  }

  private static double diceCrossEntropy(Network network, Batch batch, FloatBuffer probabilities) {
    int classes = network.spec().classes();
    int pixels = batch.height() * batch.width();
    double crossEntropy = 0;
    double[] overlap = new double[classes];
    double[] sizes = new double[classes];
    for (int n = 0; n < batch.samples(); n++) {
      for (int pixel = 0; pixel < pixels; pixel++) {
        int label = batch.labels().get(n * pixels + pixel);
        for (int c = 0; c < classes; c++) {
          double p = probabilities.get((n * classes + c) * pixels + pixel);
          sizes[c] += p;
          if (c == label) {
            crossEntropy -= Math.log(p);
            overlap[c] += p;
            sizes[c] += 1;
          }
        }
      }
    }
    double dice = 0;
    for (int c = 1; c < classes; c++) {
      dice += (2 * overlap[c] + 1e-5) / (sizes[c] + 1e-5);
    }
    return crossEntropy / (batch.samples() * pixels) + 1 - dice / (classes - 1);
  }

  private static void copyStatistics(Network network, FlatVector from, FlatVector to) {
    for (ParameterTensor tensor : network.layout().tensors()) {
      if (tensor.role() != ParameterTensor.Role.TRAINABLE) {
        for (long i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
          RandomState.set(to, i, RandomState.get(from, i));
        }
      }
    }
  }

  private static void zero(Network network, FlatVector parameters, String vertex) {
    for (ParameterTensor tensor : network.layout().ofVertex(vertex)) {
      for (long i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
        RandomState.set(parameters, i, 0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ComputePrecision.class)
  void givesTheSameBitsInEveryCallReplicaAndThread(ComputePrecision precision) throws Exception {
    Network network = TestNetworks.resNet();
    Batch batch = RandomState.batch(network, 6, 3);
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 2);
        LibtorchReplica replica = replica(network, parameters, precision)) {
      ByteBuffer first = gradientBits(replica, batch, parameters.length());
      assertThat(gradientBits(replica, batch, parameters.length())).isEqualTo(first);
      Callable<ByteBuffer> onItsOwn =
          () -> {
            try (LibtorchReplica own = replica(network, parameters, precision)) {
              return gradientBits(own, batch, parameters.length());
            }
          };
      ExecutorService threads = Executors.newFixedThreadPool(2);
      try {
        for (var result : threads.invokeAll(java.util.List.of(onItsOwn, onItsOwn))) {
          assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo(first);
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private static ByteBuffer gradientBits(LibtorchReplica replica, Batch batch, long length) {
    try (FlatVector gradient = FlatVector.ofFloats(length)) {
      replica.computeGradient(batch, 9, gradient);
      int floats = Math.toIntExact(length);
      return ByteBuffer.allocate(floats * 4).put(gradient.bytes(0, floats)).flip();
    }
  }

  @Test
  void leavesTheParametersAlone() {
    Network network = TestNetworks.resNet();
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 2);
        FlatVector untouched = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 2);
        FlatVector gradient = FlatVector.ofFloats(parameters.length());
        LibtorchReplica replica = replica(network, parameters, ComputePrecision.FP32)) {
      Batch batch = RandomState.batch(network, 4, 3);
      replica.computeGradient(batch, 1, gradient);
      replica.predict(batch, probabilities(network, batch));
      assertThat(parameters.floats()).isEqualTo(untouched.floats());
    }
  }

  @Test
  void scaledLossKeepsTheGradientOfFp16() {
    Network network = TestNetworks.resNet();
    Batch batch = RandomState.batch(network, 8, 3);
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 2);
        FlatVector full = FlatVector.ofFloats(parameters.length());
        FlatVector half = FlatVector.ofFloats(parameters.length());
        LibtorchReplica fp32 = replica(network, parameters, ComputePrecision.FP32);
        LibtorchReplica fp16 = replica(network, parameters, ComputePrecision.FP16)) {
      float expected = fp32.computeGradient(batch, 1, full);
      assertThat(fp16.computeGradient(batch, 1, half)).isCloseTo(expected, within(0.02f));
      assertThat(cosine(full, half)).isGreaterThan(0.999);
      double norm = Math.sqrt(dot(full, full));
      assertThat(Math.sqrt(dot(half, half))).isCloseTo(norm, within(0.02 * norm));
    }
  }

  private static double cosine(FlatVector left, FlatVector right) {
    return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
  }

  private static double dot(FlatVector left, FlatVector right) {
    double dot = 0;
    for (int i = 0; i < left.length(); i++) {
      dot += (double) left.floats().get(i) * right.floats().get(i);
    }
    return dot;
  }

  /** Taken for channels-first, it would make all that follows slower. */
  @Test
  @SuppressWarnings("try")
  void oneChannelDoesNotTurnTheNetworkToChannelsFirst() {
    try (PointerScope scope = new PointerScope()) {
      Tensor kernel = torch.randn(4, 1, 3, 3);
      Tensor input = torch.randn(2, 1, 8, 8);
      assertThat(isChannelsLast(torch.conv2d(input, kernel))).isFalse();
      Tensor marked = LibtorchReplica.markedChannelsLast(input);
      assertThat(marked.equal(input)).isTrue();
      assertThat(isChannelsLast(torch.conv2d(marked, kernel))).isTrue();
    }
  }

  private static boolean isChannelsLast(Tensor tensor) {
    return tensor.is_contiguous(torch.MemoryFormat.ChannelsLast);
  }

  static Stream<IDropout> dropouts() {
    return Stream.of(
        new org.deeplearning4j.nn.conf.dropout.Dropout(0.5),
        new SpatialDropout(0.5),
        new GaussianNoise(0.5),
        new GaussianDropout(0.5));
  }

  @ParameterizedTest
  @MethodSource("dropouts")
  void dropoutDependsOnTheSeedAndIsAbsentFromPredictions(IDropout dropout) {
    Network network =
        TestNetworks.around(
            (graph, input) -> {
              graph.addLayer("dropout", new DropoutLayer.Builder(dropout).build(), input);
              return "dropout";
            });
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 2);
        FlatVector gradient = FlatVector.ofFloats(parameters.length());
        LibtorchReplica replica = replica(network, parameters, ComputePrecision.FP32)) {
      Batch batch = RandomState.batch(network, 4, 3);
      double one = replica.meanLoss(batch, 1, gradient);
      assertThat(replica.meanLoss(batch, 1, gradient)).isEqualTo(one);
      assertThat(replica.meanLoss(batch, 2, gradient)).isNotEqualTo(one);
      FloatBuffer first = probabilities(network, batch);
      FloatBuffer second = probabilities(network, batch);
      replica.predict(batch, first);
      replica.predict(batch, second);
      assertThat(second).isEqualTo(first);
    }
  }

  @Test
  void usesNoMoreMemoryAfterTwoHundredSteps() {
    Network network = TestNetworks.resNet();
    Batch batch = RandomState.batch(network, 4, 3);
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 2);
        FlatVector one = FlatVector.ofFloats(parameters.length());
        FlatVector other = FlatVector.ofFloats(parameters.length());
        LibtorchReplica replica = replica(network, parameters, ComputePrecision.FP32)) {
      FloatBuffer probabilities = probabilities(network, batch);
      for (int step = 0; step < 30; step++) {
        replica.computeGradient(batch, step, step % 2 == 0 ? one : other);
        replica.predict(batch, probabilities);
      }
      long tracked = Pointer.totalBytes();
      long objects = Pointer.totalCount();
      long before = Pointer.physicalBytes();
      for (int step = 0; step < 200; step++) {
        replica.computeGradient(batch, step, step % 2 == 0 ? one : other);
        replica.predict(batch, probabilities);
      }
      assertThat(Pointer.totalBytes()).isEqualTo(tracked);
      assertThat(Pointer.totalCount()).isEqualTo(objects);
      // The Java heap grows within its limit meanwhile; activations of one step are about 2 MB.
      assertThat(Pointer.physicalBytes() - before).isLessThan(100L << 20);
    }
  }

  @Test
  void namesAnUnknownLayerAndTheWayOut() {
    Network network =
        TestNetworks.around(
            (graph, input) -> {
              graph.addLayer("mask", new MaskLayer(), input);
              return "mask";
            });
    try (FlatVector parameters = FlatVector.ofFloats(network.layout().length())) {
      assertThatThrownBy(() -> replica(network, parameters, ComputePrecision.FP32))
          .isInstanceOfSatisfying(
              SinterException.class,
              failure -> {
                assertThat(failure.category()).isEqualTo(ErrorCategory.USAGE);
                assertThat(failure.code()).isEqualTo("LAYER_NOT_SUPPORTED");
                assertThat(failure).hasMessageContaining("mask");
                assertThat(failure).hasMessageContaining("MaskLayer");
                assertThat(failure.remedy()).contains("engine.name: nd4j");
              });
    }
  }

  @Test
  void refusesALabelThatIsNoClass() {
    Network network = TestNetworks.resNet();
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 2);
        FlatVector gradient = FlatVector.ofFloats(parameters.length());
        Replica replica = replica(network, parameters, ComputePrecision.FP32)) {
      Batch batch = RandomState.batch(network, 4, 3);
      batch.labels().put(2, TestNetworks.CLASSES);
      assertThatThrownBy(() -> replica.computeGradient(batch, 1, gradient))
          .isInstanceOfSatisfying(
              SinterException.class,
              failure -> assertThat(failure.code()).isEqualTo("LABEL_OUT_OF_RANGE"));
    }
  }

  @Test
  void reportsMemoryThatCannotBeHadAsResources() {
    SinterException failure =
        LibtorchFailures.explain(
            new IllegalStateException(
                "[enforce fail at alloc_cpu.cpp:124] . DefaultCPUAllocator: can't allocate memory"),
            "stage1-conv");
    assertThat(failure.category()).isEqualTo(ErrorCategory.RESOURCES);
    assertThat(failure.code()).isEqualTo("OUT_OF_MEMORY");
    assertThat(failure).hasMessageContaining("stage1-conv");
  }

  private static FloatBuffer probabilities(Network network, Batch batch) {
    return ByteBuffer.allocateDirect(batch.labels().capacity() * network.spec().classes() * 4)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static LibtorchReplica replica(
      Network network, FlatVector parameters, ComputePrecision precision) {
    EngineSettings settings =
        new EngineSettings(LibtorchEngine.NAME, precision, 1, EngineSettings.Determinism.FASTEST);
    return (LibtorchReplica)
        new LibtorchEngine(settings, InstalledDevices.INSTANCE).createReplica(network, parameters);
  }
}
