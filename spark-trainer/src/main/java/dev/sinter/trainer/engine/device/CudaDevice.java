package dev.sinter.trainer.engine.device;

import java.io.Serializable;

/**
 * A GPU.
 *
 * @param name as the driver gives it
 * @param capability its architecture
 * @param freeBytes memory that nobody holds
 * @param totalBytes memory
 */
public record CudaDevice(String name, ComputeCapability capability, long freeBytes, long totalBytes)
    implements Serializable {}
