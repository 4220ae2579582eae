package dev.sinter.trainer.training;

import com.sun.management.OperatingSystemMXBean;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.LayerTable;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.engine.ActivationMemory;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.Network;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a worker's training needs outside the Java heap, from the shapes of the network.
 *
 * @param vectorBytes parameters, lane gradients and optimizer state
 * @param activationBytes activations kept for the backward pass, and their gradients, of all lanes
 *     computed at once
 */
public record MemoryEstimate(long vectorBytes, long activationBytes) {
  /** libtorch itself, its kernels' scratch space and the allocator's slack. */
  private static final long BASE_BYTES = 300L << 20;

  /**
   * Share of the activations alive at the peak: forward values, plus the largest gradients and
   * copies.
   */
  private static final double ACTIVATION_FACTOR = 1.5;

  /** What 16-bit activations take, in which some tensors and copies stay in 32 bits. */
  private static final double HALF_PRECISION_SHARE = 0.7;

  /**
   * How a worker computes.
   *
   * @param precision number format of activations
   * @param activationMemory whether they are kept
   */
  record Activations(ComputePrecision precision, ActivationMemory activationMemory) {
    /** Share of what kept 32-bit activations of {@code vertices} vertices take. */
    double share(int vertices) {
      double ofFormat = precision == ComputePrecision.FP32 ? 1 : HALF_PRECISION_SHARE;
      // Borders of square-root-many segments, and the two segments computed again last.
      double kept =
          activationMemory == ActivationMemory.KEEP ? 1 : Math.min(1, 3 / Math.sqrt(vertices));
      return ofFormat * kept;
    }
  }

  /**
   * Estimates one worker.
   *
   * @param microBatchSize samples of one lane
   * @param slots lanes computed at once
   * @param gradientBuffers flat vectors for gradients
   * @param optimizerVectors state vectors per parameter
   * @param activations how they are held
   */
  static MemoryEstimate of(
      Network network,
      int microBatchSize,
      int slots,
      int gradientBuffers,
      int optimizerVectors,
      Activations activations) {
    ModelSpec spec = network.spec();
    var rows = LayerTable.of(network.configuration(), spec.input()).rows();
    long elements =
        rows.stream()
            .mapToLong(row -> row.outputShape().stream().reduce(1L, (a, b) -> a * b))
            .sum();
    long vector = network.layout().length() * Float.BYTES;
    return new MemoryEstimate(
        vector * (1L + gradientBuffers + optimizerVectors),
        (long)
            (elements
                * Float.BYTES
                * ACTIVATION_FACTOR
                * activations.share(rows.size())
                * microBatchSize
                * slots));
  }

  /** All of it, with what libtorch itself takes. */
  public long totalBytes() {
    return BASE_BYTES + vectorBytes + activationBytes;
  }

  /**
   * Compares with what this process may still take, when {@code workers} like it share the process.
   *
   * @throws SinterException {@code MEMORY_TOO_SMALL}
   */
  void requireFits(int workers, String model, int microBatchSize) {
    long available = availableBytes();
    if (totalBytes() * workers <= available) {
      return;
    }
    throw new SinterException(
        ErrorCategory.RESOURCES,
        "MEMORY_TOO_SMALL",
        String.format(
            Locale.ROOT,
            "training %s with train.micro-batch-size %d needs about %,d MiB outside the heap for %d worker(s)"
                + " (%,d MiB of activations each), and %,d MiB are available",
            model,
            microBatchSize,
            mebibytes(totalBytes() * workers),
            workers,
            mebibytes(activationBytes),
            mebibytes(available)),
        "lower train.micro-batch-size, choose a smaller model or data.size, or give more memory");
  }

  private static long mebibytes(long bytes) {
    return bytes >> 20;
  }

  /**
   * Physical memory of the machine (or container) less the heap that the JVM may still grow to; or
   * what {@code ulimit -v} leaves, if that is less.
   */
  public static long availableBytes() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long physical = system.getTotalMemorySize() - Runtime.getRuntime().maxMemory();
    return Math.min(physical, addressSpaceLimit() - system.getCommittedVirtualMemorySize());
  }

  private static long addressSpaceLimit() {
    try (var lines = Files.lines(Path.of("/proc/self/limits"))) {
      return lines
          .filter(line -> line.startsWith("Max address space"))
          .map(line -> line.replace("Max address space", "").strip().split(" ", 2)[0])
          .filter(limit -> !limit.equals("unlimited"))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException e) {
      return Long.MAX_VALUE; // not Linux
    }
  }
}
