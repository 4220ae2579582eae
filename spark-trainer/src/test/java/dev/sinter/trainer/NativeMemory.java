package dev.sinter.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Memory of this process outside the Java heap. */
public final class NativeMemory {
  /** A Java heap of less than 32 GiB lies below this address, native memory above. */
  private static final long HEAP_END = 0x8_0000_0000L;

  private NativeMemory() {}

  /** Resident bytes of all mappings but those of the Java heap. */
  public static long residentBytes() {
    List<String> lines;
    try {
      lines = Files.readAllLines(Path.of("/proc/self/smaps"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long kilobytes = 0;
    boolean counted = false;
    for (String line : lines) {
      if (line.startsWith("Rss:")) {
        kilobytes += counted ? Long.parseLong(line.replaceAll("\\D", "")) : 0;
      } else if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        String start = line.substring(0, line.indexOf('-'));
        counted = Long.parseUnsignedLong(start, 16) >= HEAP_END;
      }
    }
    return kilobytes * 1024;
  }
}
