package dev.sinter.trainer.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Physical memory of this process, as Linux counts it. */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  private ProcessMemory() {}

  /** Physical memory now, in bytes; 0 on other systems than Linux. */
  static long residentBytes() {
    return bytes("VmRSS:");
  }

  /** Most physical memory since the start or the last reset, in bytes. */
  static long peakBytes() {
    return bytes("VmHWM:");
  }

  /** Sets the mark of {@link #peakBytes} to what is used now, where the kernel permits it. */
  static void resetPeak() {
    try {
      Files.writeString(CLEAR, "5");
    } catch (IOException e) {
      // A container may forbid it: then the peak includes the start, which is no less.
    }
  }

  private static long bytes(String key) {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
