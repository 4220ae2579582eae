package dev.sinter.trainer.data;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A temporary file of byte records: written once from front to back, then read at random through
 * memory maps.
 *
 * <p>The file loses its name as soon as it is open, so the disk is free again after any end of the
 * process, a kill included. Written with plain writes: a full disk is an error here, and would be a
 * crash under a writable map.
 */
final class SampleFile implements AutoCloseable {
  static final int DEFAULT_SEGMENT_BYTES = 1 << 30;
  private static final int WRITE_BUFFER_BYTES = 1 << 20;

  private final FileChannel channel;
  private final Path directory;
  private final int segmentBytes;
  private final List<Long> segmentStarts = new ArrayList<>();
  private final List<MappedByteBuffer> segments = new ArrayList<>();
  private ByteBuffer unwritten = ByteBuffer.allocateDirect(WRITE_BUFFER_BYTES);
  private long end;

  /** Writes to an open channel; {@code directory} is for messages. */
  SampleFile(FileChannel channel, Path directory, int segmentBytes) {
    this.channel = channel;
    this.directory = directory;
    this.segmentBytes = segmentBytes;
    segmentStarts.add(0L);
  }

  /** Creates the file in a directory, which is created where it is missing. */
  static SampleFile create(Path directory, int segmentBytes) {
    try {
      Files.createDirectories(directory);
      Path path = Files.createTempFile(directory, "samples-", ".tmp");
      try {
        FileChannel channel =
            FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new SampleFile(channel, directory, segmentBytes);
      } finally {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw failure(e, directory, 0);
    }
  }

  /** Appends a record of two parts and returns its location. */
  long append(byte[] first, byte[] second) {
    long bytes = (long) first.length + second.length;
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a record of " + bytes + " bytes");
    }
    int segment = segmentStarts.size() - 1;
    // A record never straddles two maps; a single one may be longer than segmentBytes.
    if (end > segmentStarts.get(segment)
        && end + bytes - segmentStarts.get(segment) > segmentBytes) {
      segmentStarts.add(end);
      segment++;
    }
    long location = ((long) segment << 32) | (end - segmentStarts.get(segment));
    try {
      write(first);
      write(second);
    } catch (IOException e) {
      throw failure(e, directory, end);
    }
    end += bytes;
    return location;
  }

  /** Ends writing and begins reading. */
  void map() {
    try {
      flush();
      unwritten = ByteBuffer.allocate(0);
      for (int i = 0; i < segmentStarts.size(); i++) {
        long start = segmentStarts.get(i);
        long stop = i + 1 < segmentStarts.size() ? segmentStarts.get(i + 1) : end;
        segments.add(channel.map(MapMode.READ_ONLY, start, stop - start));
      }
    } catch (IOException e) {
      throw failure(e, directory, end);
    }
  }

  /** Copies bytes of a record. */
  void read(long location, int offset, byte[] target, int length) {
    segments.get((int) (location >>> 32)).get((int) location + offset, target, 0, length);
  }

  /**
   * Gives the disk space back at once, without waiting for the garbage collector to drop the maps.
   */
  @Override
  public void close() {
    segments.clear();
    try (channel) {
      if (channel.isOpen()) {
        channel.truncate(0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(byte[] bytes) throws IOException {
    int written = 0;
    while (written < bytes.length) {
      if (!unwritten.hasRemaining()) {
        flush();
      }
      int count = Math.min(unwritten.remaining(), bytes.length - written);
      unwritten.put(bytes, written, count);
      written += count;
    }
  }

  private void flush() throws IOException {
    unwritten.flip();
    while (unwritten.hasRemaining()) {
      channel.write(unwritten);
    }
    unwritten.clear();
  }

  private static SinterException failure(IOException e, Path directory, long written) {
    String reason = String.valueOf(e.getMessage());
    String lower = reason.toLowerCase(Locale.ROOT);
    // Java has no exception class of its own for ENOSPC and EDQUOT.
    if (lower.contains("no space left") || lower.contains("quota")) {
      return new SinterException(
          ErrorCategory.RESOURCES,
          "DISK_FULL",
          "The disk is full after " + written + " bytes of cached samples in " + directory + ".",
          "Free space there, point spark.local.dir to a larger disk, or use more workers.",
          e);
    }
    return new SinterException(
        ErrorCategory.RESOURCES,
        "SAMPLE_CACHE_FAILED",
        "Cannot keep samples in " + directory + ": " + reason,
        "Point spark.local.dir to a directory that the executor may write to.",
        e);
  }
}
