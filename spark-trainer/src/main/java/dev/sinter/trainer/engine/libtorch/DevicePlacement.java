package dev.sinter.trainer.engine.libtorch;

import static org.bytedeco.pytorch.global.torch.empty;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.MemoryAddress;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * On a device with memory of its own: it holds copies of the flat parameters and of one flat
 * gradient. Each crosses as a whole, by one transfer from or to staging memory.
 */
final class DevicePlacement implements TensorPlacement {
  private final TensorDevice device;
  private final FlatVector vector;
  private final ScalarType type;
  private final List<Tensor> kept = new ArrayList<>();
  private final List<Tensor> inTransit = new ArrayList<>();
  private final Tensor parameters;
  private final Tensor stagedParameters;
  private final Tensor gradient;
  private final Tensor stagedGradient;

  @SuppressWarnings("try")
  DevicePlacement(TensorDevice device, FlatVector vector) {
    this.device = device;
    this.vector = vector;
    this.type = ParameterTensors.typeOf(vector);
    long[] shape = {vector.length()};
    try (PointerScope scope = new PointerScope()) {
      this.parameters = keep(allocate(shape, device.options(type)));
      this.stagedParameters = keep(allocate(shape, device.stagingOptions(type)));
      this.gradient = keep(allocate(shape, device.options(type)));
      this.stagedGradient = keep(allocate(shape, device.stagingOptions(type)));
    } catch (RuntimeException e) {
      close();
      throw LibtorchFailures.explain(e, "parameters");
    }
  }

  private Tensor keep(Tensor tensor) {
    tensor.retainReference();
    kept.add(tensor);
    return tensor;
  }

  private static Tensor allocate(long[] shape, TensorOptions options) {
    return empty(shape, options, new MemoryFormatOptional());
  }

  @Override
  public TensorOptions options(ScalarType type) {
    return device.options(type);
  }

  @Override
  public long parameters() {
    return parameters.data_ptr().address();
  }

  @Override
  public void refreshParameters() {
    copyBytes(stagedParameters, vector.address());
    device.copyToDevice(parameters, stagedParameters);
  }

  private static void copyBytes(Tensor to, long fromAddress) {
    Pointer.memcpy(to.data_ptr(), new MemoryAddress(fromAddress), to.nbytes());
  }

  @Override
  public long gradient(FlatVector target) {
    return gradient.data_ptr().address();
  }

  @Override
  public void deliverGradient(FlatVector target) {
    device.copyToHost(stagedGradient, gradient);
    await();
    Pointer.memcpy(
        new MemoryAddress(target.address()), stagedGradient.data_ptr(), stagedGradient.nbytes());
  }

  @Override
  public Tensor placed(Tensor host) {
    long[] shape = host.shape();
    ScalarType hostType = host.scalar_type();
    // Pinned memory comes from a pool of libtorch's: allocating it again costs nothing.
    Tensor staging = allocate(shape, device.stagingOptions(hostType));
    staging.retainReference();
    inTransit.add(staging);
    copyBytes(staging, host.data_ptr().address());
    Tensor placed = allocate(shape, device.options(hostType));
    device.copyToDevice(placed, staging);
    return placed;
  }

  @Override
  public Tensor onHost(Tensor result) {
    Tensor staging = allocate(result.shape(), device.stagingOptions(result.scalar_type()));
    device.copyToHost(staging, result);
    await();
    return staging;
  }

  private void await() {
    device.awaitCopies();
    inTransit.forEach(Tensor::releaseReference);
    inTransit.clear();
  }

  @Override
  public Generator generator(long seed) {
    return device.generator(seed);
  }

  @Override
  public void close() {
    inTransit.forEach(Tensor::releaseReference);
    inTransit.clear();
    kept.forEach(Tensor::releaseReference);
    kept.clear();
    device.close();
  }
}
