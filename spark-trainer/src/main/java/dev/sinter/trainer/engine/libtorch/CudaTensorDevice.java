package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.device.ComputeDevice;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A GPU. Everything is queued on its default stream, which keeps copies and computations in order.
 *
 * @param computeDevice which
 */
record CudaTensorDevice(ComputeDevice computeDevice) implements TensorDevice {
  private static final boolean NON_BLOCKING = true;

  private byte index() {
    return (byte) computeDevice.index();
  }

  @Override
  public TensorOptions options(ScalarType type) {
    return new TensorOptions(type).device(new DeviceOptional(new Device(DeviceType.CUDA, index())));
  }

  @Override
  public TensorOptions stagingOptions(ScalarType type) {
    return new TensorOptions(type).pinned_memory(new BoolOptional(true));
  }

  @Override
  public void copyToDevice(Tensor device, Tensor staging) {
    device.copy_(staging, NON_BLOCKING);
  }

  @Override
  public void copyToHost(Tensor staging, Tensor device) {
    staging.copy_(device, NON_BLOCKING);
  }

  @Override
  public void awaitCopies() {
    torch.cuda_synchronize(index());
  }

  @Override
  public Generator generator(long seed) {
    Generator generator = torch.getCUDAHooks().getNewGenerator(index());
    generator.set_current_seed(seed);
    return generator;
  }

  @Override
  public void close() {
    // tensors free their memory themselves
  }
}
