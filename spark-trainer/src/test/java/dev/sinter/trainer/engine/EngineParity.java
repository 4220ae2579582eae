package dev.sinter.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.model.ParameterTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Set;

/** Asserts that both engines compute the same thing for a network: each is the other's oracle. */
public final class EngineParity {
  private static final double DOUBLE_TOLERANCE = 1e-6;
  private static final double FLOAT_TOLERANCE = 1e-3;

  /**
   * Deep networks whose float32 gradients at random weights are further apart than {@link
   * #FLOAT_TOLERANCE}: each engine is compared with float64 instead (decision 0008).
   */
  private static final Set<String> AMPLIFYING =
      Set.of(
          "densenet121",
          "inception-v3",
          "plain20",
          "resnet18",
          "resnet34",
          "resnet50",
          "resnext50-32x4d",
          "vgg16-bn");

  /** Of a deep network's float32 gradient at random weights; decision 0008. */
  private static final double ROUNDING_TOLERANCE = 0.1;

  /** Rounding in every layer, as a multiple of what rounding of the parameters alone does. */
  private static final double AMPLIFICATION = 10;

  private static final double LARGEST_TOLERANCE = 0.3;

  /** A true gradient of zero comes out as rounding noise; it is compared with the whole. */
  private static final double ZERO_SHARE = 1e-6;

  private static final int BLOCK = 1 << 20;

  private EngineParity() {}

  /** In float64, every parameter tensor by itself; in float32, the whole vector. */
  public static void assertParity(Network network, int samples) {
    assertParity(network, RandomState.batch(network, samples, 7));
  }

  /** The same for samples of any shape. */
  public static void assertParity(Network network, Batch batch) {
    assertTensorsAgree(network, batch);
    assertWholeAgrees(network, batch);
  }

  /** Loss, gradient, batch statistics and predictions in float64. */
  public static void assertTensorsAgree(Network network, int samples) {
    assertTensorsAgree(network, RandomState.batch(network, samples, 7));
  }

  /** The same for samples of any shape. */
  static void assertTensorsAgree(Network network, Batch batch) {
    try (Result libtorch = Result.of("libtorch", network, FlatVector.Precision.FLOAT64, batch);
        Result nd4j = Result.of("nd4j", network, FlatVector.Precision.FLOAT64, batch)) {
      assertThat((double) libtorch.loss)
          .as("loss")
          .isCloseTo(nd4j.loss, within(DOUBLE_TOLERANCE * Math.abs(nd4j.loss)));
      double whole = norm(nd4j.gradient, 0, network.layout().length());
      for (ParameterTensor tensor : network.layout().tensors()) {
        double floor = tensor.role() == ParameterTensor.Role.TRAINABLE ? ZERO_SHARE * whole : 1e-12;
        double error =
            distance(libtorch.gradient, nd4j.gradient, tensor.offset(), tensor.length())
                / Math.max(floor, norm(nd4j.gradient, tensor.offset(), tensor.length()));
        assertThat(error).as("relative error of %s", tensor.name()).isLessThan(DOUBLE_TOLERANCE);
      }
      assertPredictionsAgree(libtorch, nd4j, DOUBLE_TOLERANCE);
    }
  }

  private static boolean amplifies(String name) {
    return AMPLIFYING.contains(name) || RegisteredModels.large().contains(name);
  }

  /** Loss, gradient and predictions in float32; both engines within the rounding of one. */
  public static void assertWholeAgrees(Network network, int samples) {
    assertWholeAgrees(network, RandomState.batch(network, samples, 7));
  }

  /** The same for samples of any shape. */
  static void assertWholeAgrees(Network network, Batch batch) {
    try (Result libtorch = Result.of("libtorch", network, FlatVector.Precision.FLOAT32, batch);
        Result nd4j = Result.of("nd4j", network, FlatVector.Precision.FLOAT32, batch)) {
      if (amplifies(network.spec().name()) && gradientDistance(libtorch, nd4j) >= FLOAT_TOLERANCE) {
        assertRounds(libtorch, nd4j, network, batch);
      } else {
        assertThat(gradientDistance(libtorch, nd4j)).as("gradient").isLessThan(FLOAT_TOLERANCE);
        assertThat(libtorch.loss).isCloseTo(nd4j.loss, within(1e-4f * Math.abs(nd4j.loss)));
        assertPredictionsAgree(libtorch, nd4j, FLOAT_TOLERANCE);
      }
    }
  }

  /**
   * Both engines' float32 results lie near the float64 ones of the same parameters. Fifty layers of
   * batch normalisation and ReLU amplify rounding, and a ReLU that changes its sign is a jump, in
   * one engine or in the other. How much a network amplifies shows in how far its float64 results
   * move when nothing but the parameters are rounded.
   */
  private static void assertRounds(Result libtorch, Result nd4j, Network network, Batch batch) {
    try (Result exact = Result.atRoundedParameters(network, batch);
        Result unrounded = Result.of("nd4j", network, FlatVector.Precision.FLOAT64, batch)) {
      double gradientMoves = gradientDistance(unrounded, exact);
      double predictionsMove = predictionDistance(unrounded, exact);
      for (String engine : List.of("libtorch", "nd4j")) {
        Result rounded = engine.equals("libtorch") ? libtorch : nd4j;
        assertThat(gradientDistance(rounded, exact))
            .as("%s's float32 gradient against float64, which moves by %s", engine, gradientMoves)
            .isLessThan(tolerance(ROUNDING_TOLERANCE, gradientMoves));
        assertThat(predictionDistance(rounded, exact))
            .as("%s's float32 predictions; float64's move by %s", engine, predictionsMove)
            .isLessThan(tolerance(FLOAT_TOLERANCE, predictionsMove));
        assertThat(Math.abs(rounded.loss - exact.loss) / Math.abs(exact.loss))
            .as("%s's float32 loss; float64's predictions move by %s", engine, predictionsMove)
            .isLessThan((float) tolerance(FLOAT_TOLERANCE, predictionsMove));
      }
    }
  }

  private static double tolerance(double usual, double moved) {
    return Math.max(usual, Math.min(LARGEST_TOLERANCE, AMPLIFICATION * moved));
  }

  private static void assertPredictionsAgree(Result left, Result right, double tolerance) {
    assertThat(predictionDistance(left, right)).as("predictions").isLessThan(tolerance);
  }

  private static double predictionDistance(Result left, Result right) {
    double squares = 0;
    double differences = 0;
    for (int i = 0; i < right.probabilities.capacity(); i++) {
      double expected = right.probabilities.get(i);
      double difference = left.probabilities.get(i) - expected;
      squares += expected * expected;
      differences += difference * difference;
    }
    assertThat(squares).isPositive();
    return Math.sqrt(differences / squares);
  }

  /** Of the whole vectors, relative to the second. */
  private static double gradientDistance(Result left, Result right) {
    long length = right.gradient.length();
    return distance(left.gradient, right.gradient, 0, length) / norm(right.gradient, 0, length);
  }

  private static double norm(FlatVector vector, long offset, long length) {
    double squares = 0;
    for (long at = offset; at < offset + length; at += BLOCK) {
      for (double value : RandomState.read(vector, at, count(at, offset + length))) {
        squares += value * value;
      }
    }
    return Math.sqrt(squares);
  }

  private static double distance(FlatVector left, FlatVector right, long offset, long length) {
    double squares = 0;
    for (long at = offset; at < offset + length; at += BLOCK) {
      int count = count(at, offset + length);
      double[] one = RandomState.read(left, at, count);
      double[] other = RandomState.read(right, at, count);
      for (int i = 0; i < count; i++) {
        squares += (one[i] - other[i]) * (one[i] - other[i]);
      }
    }
    return Math.sqrt(squares);
  }

  private static int count(long at, long end) {
    return (int) Math.min(BLOCK, end - at);
  }

  /** What one engine gives. */
  private record Result(
      FlatVector parameters, FlatVector gradient, float loss, FloatBuffer probabilities)
      implements AutoCloseable {
    static Result of(String engine, Network network, FlatVector.Precision precision, Batch batch) {
      return at(RandomState.parameters(network, precision, 5), engine, network, batch);
    }

    /** In float64, at the parameters that float32 has. */
    static Result atRoundedParameters(Network network, Batch batch) {
      long length = network.layout().length();
      FlatVector parameters = FlatVector.ofDoubles(length);
      try (FlatVector floats = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 5)) {
        for (long offset = 0; offset < length; offset += BLOCK) {
          RandomState.write(
              parameters, offset, RandomState.read(floats, offset, count(offset, length)));
        }
      }
      return at(parameters, "nd4j", network, batch);
    }

    private static Result at(FlatVector parameters, String engine, Network network, Batch batch) {
      FlatVector gradient =
          parameters.precision() == FlatVector.Precision.FLOAT64
              ? FlatVector.ofDoubles(parameters.length())
              : FlatVector.ofFloats(parameters.length());
      FloatBuffer probabilities =
          ByteBuffer.allocateDirect(batch.labels().capacity() * network.spec().classes() * 4)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      try (Replica replica =
          Engines.byName(EngineSettings.of(engine)).createReplica(network, parameters)) {
        float loss = replica.computeGradient(batch, 3, gradient);
        replica.predict(batch, probabilities);
        return new Result(parameters, gradient, loss, probabilities);
      }
    }

    @Override
    public void close() {
      parameters.close();
      gradient.close();
    }
  }
}
