package dev.sinter.trainer.engine.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.model.DiceCrossEntropyLoss;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.RandomState;
import dev.sinter.trainer.engine.TestNetworks;
import dev.sinter.trainer.engine.libtorch.RecordingDevice.Direction;
import dev.sinter.trainer.engine.libtorch.RecordingDevice.Transfer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The path through a device, on one that computes with the processor. */
class DevicePlacementTest {
  private static final int SAMPLES = 4;

  private final Network network = TestNetworks.resNet();
  private final RecordingDevice device = new RecordingDevice();
  private final Batch batch = RandomState.batch(network, SAMPLES, 3);
  private FlatVector parameters;
  private FlatVector gradient;
  private LibtorchReplica replica;

  @BeforeEach
  void open() {
    parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 2);
    gradient = FlatVector.ofFloats(parameters.length());
    replica =
        new LibtorchReplica(
            network,
            parameters,
            new DevicePlacement(device, parameters),
            EngineSettings.of("libtorch"));
  }

  @AfterEach
  void close() {
    replica.close();
    gradient.close();
    parameters.close();
    assertThat(device.closed()).isTrue();
  }

  private static Transfer toDevice(long bytes) {
    return new Transfer(Direction.TO_DEVICE, bytes);
  }

  private static Transfer toHost(long bytes) {
    return new Transfer(Direction.TO_HOST, bytes);
  }

  private long vectorBytes() {
    return parameters.length() * Float.BYTES;
  }

  private long inputBytes() {
    return batch.inputs().capacity() * (long) Float.BYTES;
  }

  private long labelBytes() {
    return batch.labels().capacity() * (long) Integer.BYTES;
  }

  @Test
  void vectorsCrossAsAWholeOnceAStep() {
    replica.computeGradient(batch, 1, gradient);

    assertThat(device.transfers())
        .containsExactly(
            toDevice(vectorBytes()),
            toDevice(inputBytes()),
            toDevice(labelBytes()),
            toHost(vectorBytes()));
    assertThat(device.awaits()).isEqualTo(1);
  }

  @Test
  void unchangedParametersAreNotSentAgain() {
    replica.computeGradient(batch, 1, gradient);
    device.forget();

    replica.computeGradient(batch, 2, gradient);
    assertThat(device.transfers())
        .containsExactly(toDevice(inputBytes()), toDevice(labelBytes()), toHost(vectorBytes()));

    device.forget();
    parameters.floats().put(Math.toIntExact(parameters.length() - 1), 0.25f);
    replica.parametersChanged();
    replica.computeGradient(batch, 3, gradient);
    assertThat(device.transfers()).startsWith(toDevice(vectorBytes()));
  }

  @Test
  void predictionSendsInputsAndBringsProbabilities() {
    FloatBuffer probabilities = probabilities(SAMPLES * network.spec().classes());
    replica.predict(batch, probabilities);

    assertThat(device.transfers())
        .containsExactly(
            toDevice(vectorBytes()),
            toDevice(inputBytes()),
            toHost(probabilities.capacity() * (long) Float.BYTES));
  }

  /** Two steps with changed parameters between them, into two gradients, and a prediction. */
  @Test
  void givesTheBitsOfTheProcessor() {
    for (Network each :
        List.of(TestNetworks.resNet(), TestNetworks.uNet(new DiceCrossEntropyLoss()))) {
      for (ComputePrecision precision : ComputePrecision.values()) {
        RecordingDevice other = new RecordingDevice();
        List<FloatBuffer> onDevice = run(each, precision, other);
        List<FloatBuffer> onHost = run(each, precision, null);
        assertThat(onDevice).isEqualTo(onHost);
        assertThat(onHost.get(0)).isNotEqualTo(onHost.get(1));
        assertThat(other.transfers()).contains(toHost(onHost.get(0).capacity() * 4L));
      }
    }
  }

  private static List<FloatBuffer> run(
      Network network, ComputePrecision precision, RecordingDevice device) {
    Batch batch = RandomState.batch(network, SAMPLES, 3);
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 2);
        FlatVector first = FlatVector.ofFloats(parameters.length());
        FlatVector second = FlatVector.ofFloats(parameters.length());
        LibtorchReplica replica =
            new LibtorchReplica(
                network,
                parameters,
                device == null
                    ? new HostPlacement(parameters)
                    : new DevicePlacement(device, parameters),
                EngineSettings.of("libtorch").with(precision))) {
      replica.computeGradient(batch, 1, first);
      for (int i = 0; i < parameters.length(); i++) {
        parameters.floats().put(i, parameters.floats().get(i) - 0.01f * first.floats().get(i));
      }
      replica.parametersChanged();
      replica.computeGradient(batch, 2, second);
      int pixels = batch.labels().capacity();
      FloatBuffer probabilities = probabilities(pixels * network.spec().classes());
      replica.predict(batch, probabilities);
      return List.of(copy(first.floats()), copy(second.floats()), probabilities);
    }
  }

  private static FloatBuffer copy(FloatBuffer values) {
    return FloatBuffer.allocate(values.capacity()).put(values).flip();
  }

  private static FloatBuffer probabilities(int length) {
    return ByteBuffer.allocateDirect(length * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
