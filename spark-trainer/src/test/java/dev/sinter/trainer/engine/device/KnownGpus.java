package dev.sinter.trainer.engine.device;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** GPUs as a test describes them. */
public record KnownGpus(Availability availability, List<CudaDevice> devices)
    implements CudaRuntime {
  /** As many GPUs of one architecture. */
  public static KnownGpus alike(int count, String capability) {
    CudaDevice device =
        new CudaDevice("Test GPU", ComputeCapability.parse(capability), 70L << 30, 80L << 30);
    return new KnownGpus(Availability.AVAILABLE, Collections.nCopies(count, device));
  }

  /** No GPU, for a reason. */
  public static KnownGpus none(Availability why) {
    return new KnownGpus(why, List.of());
  }

  @Override
  public int deviceCount() {
    return devices.size();
  }

  @Override
  public Optional<CudaDevice> device(int index) {
    return index < devices.size() ? Optional.of(devices.get(index)) : Optional.empty();
  }
}
