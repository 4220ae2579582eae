package dev.sinter.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.engine.device.ComputeDevice;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What both engines make of frozen parts. */
class FrozenReplicaTest {
  private static final int SAMPLES = 4;

  /** Loss and gradient of one micro-batch. */
  private record Computed(double loss, double[] gradient) {}

  private static Computed compute(String engine, Network network, ActivationMemory memory) {
    EngineSettings settings =
        new EngineSettings(
            engine,
            ComputePrecision.FP32,
            1,
            EngineSettings.Determinism.FASTEST,
            memory,
            ComputeDevice.CPU);
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 3);
        FlatVector gradient = FlatVector.ofFloats(parameters.length());
        Replica replica = Engines.byName(settings).createReplica(network, parameters)) {
      Batch batch = RandomState.batch(network, SAMPLES, 5);
      float loss = replica.computeGradient(batch, 1, gradient);
      return new Computed(loss, RandomState.read(gradient, 0, (int) gradient.length()));
    }
  }

  /** Everything up to a vertex. */
  private static FrozenParts before(Network network, String first) {
    Set<String> frozen =
        network.layout().tensors().stream()
            .map(ParameterTensor::vertex)
            .takeWhile(vertex -> !vertex.equals(first))
            .collect(Collectors.toSet());
    return new FrozenParts(frozen, Set.of());
  }

  /** The normalisations alone, so that gradients pass through them. */
  private static FrozenParts normalisations(Network network) {
    Set<String> norms =
        network.layout().tensors().stream()
            .map(ParameterTensor::vertex)
            .filter(vertex -> vertex.endsWith("-bn"))
            .collect(Collectors.toSet());
    return new FrozenParts(norms, norms);
  }

  @Test
  void bothEnginesComputeWithRunningStatisticsAndPassGradientsOn() {
    Network whole = TestNetworks.resNet();
    Network frozen = whole.with(normalisations(whole));
    Computed libtorch = compute("libtorch", frozen, ActivationMemory.KEEP);
    Computed nd4j = compute("nd4j", frozen, ActivationMemory.KEEP);
    assertThat(libtorch.loss()).isCloseTo(nd4j.loss(), within(1e-4));
    assertThat(libtorch.loss())
        .isNotCloseTo(compute("libtorch", whole, ActivationMemory.KEEP).loss(), within(1e-3));
    assertSameGradients(frozen, libtorch, nd4j);
  }

  @ParameterizedTest
  @EnumSource(ActivationMemory.class)
  void whatTrainsGetsTheGradientThatItWouldGet(ActivationMemory memory) {
    Network whole = TestNetworks.resNet();
    Network frozen = whole.with(before(whole, "stage3-block1-1-conv"));
    Computed part = compute("libtorch", frozen, memory);
    Computed all = compute("libtorch", whole, memory);
    assertThat(part.loss()).isCloseTo(all.loss(), within(1e-5));
    assertSameGradients(frozen, part, all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"libtorch", "nd4j"})
  void statisticsOfABatchAreStillGivenWhereTheyMove(String engine) {
    Network whole = TestNetworks.resNet();
    Set<String> norms = normalisations(whole).vertices();
    Computed frozen =
        compute(engine, whole.with(new FrozenParts(norms, Set.of())), ActivationMemory.KEEP);
    Computed all = compute(engine, whole, ActivationMemory.KEEP);
    for (ParameterTensor tensor : whole.layout().tensors()) {
      if (!tensor.isTrained()) {
        for (int i = (int) tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
          assertThat(frozen.gradient()[i]).isCloseTo(all.gradient()[i], within(1e-5));
        }
      }
    }
  }

  private static void assertSameGradients(Network network, Computed one, Computed other) {
    int compared = 0;
    for (ParameterTensor tensor : network.layout().tensors()) {
      if (network.frozen().vertices().contains(tensor.vertex()) || !tensor.isTrained()) {
        continue;
      }
      double squares = 0;
      double difference = 0;
      for (int i = (int) tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
        squares += one.gradient()[i] * one.gradient()[i];
        difference += Math.pow(one.gradient()[i] - other.gradient()[i], 2);
      }
      assertThat(Math.sqrt(difference))
          .as(tensor.name())
          .isLessThan(1e-3 * Math.sqrt(squares) + 1e-6);
      compared++;
    }
    assertThat(compared).isPositive();
  }
}
