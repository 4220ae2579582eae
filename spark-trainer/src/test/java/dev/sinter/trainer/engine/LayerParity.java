package dev.sinter.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;

/** What every layer that libtorch translates has to pass. */
final class LayerParity {
  private static final double LEAST_COSINE = 0.98;

  private LayerParity() {}

  /** Both engines agree; bfloat16 gives nearly the same gradient. */
  static void assertAll(LayerCase tested) {
    EngineParity.assertParity(tested.network(), tested.batch());
    assertBfloat16StaysClose(tested);
  }

  /** The same where ND4J cannot compute in float32. */
  static void assertInDoublePrecision(LayerCase tested) {
    EngineParity.assertTensorsAgree(tested.network(), tested.batch());
    assertBfloat16StaysClose(tested);
  }

  private static void assertBfloat16StaysClose(LayerCase tested) {
    Network network = tested.network();
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 5);
        FlatVector full = FlatVector.ofFloats(parameters.length());
        FlatVector half = FlatVector.ofFloats(parameters.length())) {
      gradient(ComputePrecision.FP32, tested, parameters, full);
      gradient(ComputePrecision.BF16, tested, parameters, half);
      double product = 0;
      double left = 0;
      double right = 0;
      for (int i = 0; i < full.length(); i++) {
        product += (double) full.floats().get(i) * half.floats().get(i);
        left += Math.pow(full.floats().get(i), 2);
        right += Math.pow(half.floats().get(i), 2);
      }
      assertThat(product / Math.sqrt(left * right))
          .as("cosine of the bfloat16 gradient")
          .isGreaterThan(LEAST_COSINE);
    }
  }

  private static void gradient(
      ComputePrecision precision, LayerCase tested, FlatVector parameters, FlatVector gradient) {
    EngineSettings settings =
        new EngineSettings("libtorch", precision, 1, EngineSettings.Determinism.FASTEST);
    try (Replica replica = Engines.byName(settings).createReplica(tested.network(), parameters)) {
      replica.computeGradient(tested.batch(), 3, gradient);
    }
  }
}
