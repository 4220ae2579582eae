package dev.sinter.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer of the registered networks exists in the format that is the default of new CPUs. */
class SixteenBitModelsTest {
  /** Fifty layers at random weights leave about 0.5 (decision 0008); unrelated vectors have 0. */
  private static final double LEAST_COSINE = 0.25;

  private static final int BLOCK = 1 << 20;

  static Stream<String> names() {
    return Stream.concat(RegisteredModels.quick().stream(), Stream.of("resnext50-32x4d"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void gradientPointsWhereThatOfFp32Does(String name) {
    Network network = RegisteredModels.network(name, "cross-entropy");
    Batch batch = RandomState.batch(network, 8, 7);
    try (FlatVector exact = gradient(network, batch, ComputePrecision.FP32);
        FlatVector rounded = gradient(network, batch, ComputePrecision.BF16)) {
      double cosine =
          product(exact, rounded) / Math.sqrt(product(exact, exact) * product(rounded, rounded));
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

  private static double product(FlatVector one, FlatVector other) {
    double sum = 0;
    for (long at = 0; at < one.length(); at += BLOCK) {
      int count = (int) Math.min(BLOCK, one.length() - at);
      double[] left = RandomState.read(one, at, count);
      double[] right = RandomState.read(other, at, count);
      for (int i = 0; i < count; i++) {
        sum += left[i] * right[i];
      }
    }
    return sum;
  }
}
