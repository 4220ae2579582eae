package dev.sinter.trainer.engine.device;

import java.io.Serializable;
import java.util.Comparator;

/**
 * NVIDIA's number of an architecture, such as 7.5 (Turing) or 9.0 (Hopper).
 *
 * @param major before the dot
 * @param minor after the dot
 */
public record ComputeCapability(int major, int minor)
    implements Comparable<ComputeCapability>, Serializable {
  private static final Comparator<ComputeCapability> ORDER =
      Comparator.comparingInt(ComputeCapability::major).thenComparingInt(ComputeCapability::minor);

  /**
   * Reads {@code 7.5}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static ComputeCapability parse(String text) {
    String[] parts = text.strip().split("\\.", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException("not a compute capability: " + text);
    }
    return new ComputeCapability(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  @Override
  public int compareTo(ComputeCapability other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
