package dev.sinter.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer of the registered networks exists in the format that is the default of new CPUs. */
class SixteenBitModelsTest {
  /** Fifty layers at random weights leave about 0.5 (decision 0008); unrelated vectors have 0. */
  private static final double LEAST_COSINE = 0.25;

  static List<String> names() {
    return RegisteredModels.quick();
  }

  static List<String> largeNames() {
    return RegisteredModels.large();
  }

  @Tag("full")
  @ParameterizedTest
  @MethodSource("largeNames")
  void gradientOfLargeModelsPointsThere(String name) {
    gradientPointsWhereThatOfFp32Does(name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void gradientPointsWhereThatOfFp32Does(String name) {
    Network network = RegisteredModels.network(name, "cross-entropy");
    Batch batch = RandomState.batch(network, 8, 7);
    int length = Math.toIntExact(network.layout().length());
    try (FlatVector exact = gradient(network, batch, ComputePrecision.FP32);
        FlatVector rounded = gradient(network, batch, ComputePrecision.BF16)) {
      double[] one = RandomState.read(exact, 0, length);
      double[] other = RandomState.read(rounded, 0, length);
      double cosine = product(one, other) / Math.sqrt(product(one, one) * product(other, other));
      assertThat(cosine).isGreaterThan(LEAST_COSINE).isLessThan(1);
    }
  }

  private static FlatVector gradient(Network network, Batch batch, ComputePrecision precision) {
    EngineSettings settings = EngineSettings.of("libtorch").with(precision);
    FlatVector gradient = FlatVector.ofFloats(network.layout().length());
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 5);
        Replica replica = Engines.byName(settings).createReplica(network, parameters)) {
      replica.computeGradient(batch, 3, gradient);
    }
    return gradient;
  }

  private static double product(double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }
}
