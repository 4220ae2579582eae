package dev.sinter.trainer.engine.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A device with memory of its own that is the processor's: it computes there, but only on what was
 * copied to it, and what it copies to the host arrives no sooner than it is waited for.
 */
final class RecordingDevice implements TensorDevice {
  /** Which way values went. */
  enum Direction {
    TO_DEVICE,
    TO_HOST
  }

  /** One copy. */
  record Transfer(Direction direction, long bytes) {
    @Override
    public String toString() {
      return direction + " " + bytes;
    }
  }

  private record Begun(Tensor staging, Tensor values, Direction direction) {}

  private final List<Transfer> transfers = new ArrayList<>();
  private final List<Begun> begun = new ArrayList<>();
  private int awaits;
  private boolean closed;

  List<Transfer> transfers() {
    return List.copyOf(transfers);
  }

  int awaits() {
    return awaits;
  }

  boolean closed() {
    return closed;
  }

  void forget() {
    transfers.clear();
    awaits = 0;
  }

  @Override
  public TensorOptions options(ScalarType type) {
    return new TensorOptions(type);
  }

  @Override
  public TensorOptions stagingOptions(ScalarType type) {
    return new TensorOptions(type);
  }

  @Override
  public void copyToDevice(Tensor device, Tensor staging) {
    transfers.add(new Transfer(Direction.TO_DEVICE, staging.nbytes()));
    device.copy_(staging);
    begin(staging, staging.clone(), Direction.TO_DEVICE);
  }

  @Override
  public void copyToHost(Tensor staging, Tensor device) {
    transfers.add(new Transfer(Direction.TO_HOST, staging.nbytes()));
    begin(staging, device.clone(), Direction.TO_HOST);
    staging.fill_(new org.bytedeco.pytorch.Scalar(-1.0)); // not there yet
  }

  private void begin(Tensor staging, Tensor values, Direction direction) {
    // A tensor of its own: the caller's may be closed before the copy is waited for.
    Tensor kept = new Tensor(staging);
    kept.retainReference();
    values.retainReference();
    begun.add(new Begun(kept, values, direction));
  }

  @Override
  public void awaitCopies() {
    awaits++;
    for (Begun copy : begun) {
      if (copy.direction() == Direction.TO_HOST) {
        copy.staging().copy_(copy.values());
      } else {
        assertThat(torch.equal(copy.staging(), copy.values()))
            .as("staging memory is as it was when the copy began")
            .isTrue();
      }
      copy.staging().releaseReference();
      copy.values().releaseReference();
    }
    begun.clear();
  }

  @Override
  public Generator generator(long seed) {
    return torch.createCPUGenerator(seed);
  }

  @Override
  public void close() {
    assertThat(begun).as("copies that nobody waited for").isEmpty();
    closed = true;
  }
}
