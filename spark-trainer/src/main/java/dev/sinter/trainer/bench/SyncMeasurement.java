package dev.sinter.trainer.bench;

import java.io.Serializable;
import java.util.List;

/**
 * What one worker measured.
 *
 * @param rounds in their order
 * @param bytesSent payload that it sent per all-reduce
 */
record SyncMeasurement(List<Round> rounds, long bytesSent) implements Serializable {
  /**
   * One all-reduce and, next to it, the same bytes over plain sockets.
   *
   * @param nanos of the all-reduce, from a common start
   * @param cpuNanos processor time of this process meanwhile, all threads
   * @param plainNanos of the plain sockets, from a common start
   * @param plainCpuNanos processor time of this process meanwhile
   */
  record Round(long nanos, long cpuNanos, long plainNanos, long plainCpuNanos)
      implements Serializable {}
}
