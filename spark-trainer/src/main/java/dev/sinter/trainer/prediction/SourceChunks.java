package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.dataset.SourceItem;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The sources of a prediction in a file, a line each, and which of its bytes are which chunk's. A
 * chunk is what is computed anew after a crash; tasks read its lines themselves, so that the driver
 * need not hold or send them.
 *
 * @param folder URI that the sources are below
 * @param sources how many there are
 * @param sha256 of the file
 * @param sourcesPerChunk how many the chunks have, at most
 * @param chunks in their order
 */
record SourceChunks(
    String folder, long sources, String sha256, int sourcesPerChunk, List<Chunk> chunks) {
  /** Sources of a chunk of a large collection: some seconds of work for a small network. */
  static final int MOST_SOURCES = 256;

  private static final long CHUNK_BYTES = 256L << 20;

  /** A container is decoded as a whole, so that its samples had better be in few chunks. */
  private static final int MEMBERS_PER_SOURCE = 16;

  /**
   * Some consecutive sources.
   *
   * @param index of the chunk
   * @param offset of its first line
   * @param bytes of its lines
   */
  @DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
  record Chunk(int index, long offset, int bytes) implements Serializable {
    String fileName() {
      return String.format(java.util.Locale.ROOT, "%08d.jsonl", index);
    }
  }

  /** How many sources make a chunk, so that every core has several. */
  static int sourcesPerChunk(int sources, int cores) {
    return Math.max(1, Math.min(MOST_SOURCES, sources / (4 * cores)));
  }

  /** Divides a list of sources, without writing it. */
  static SourceChunks of(List<SourceItem> items, int sourcesPerChunk) {
    try {
      return write(items, sourcesPerChunk, OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new IllegalStateException("nothing was written", e);
    }
  }

  /** Writes the lines of sources. */
  static SourceChunks write(List<SourceItem> items, int sourcesPerChunk, OutputStream out)
      throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    List<Chunk> chunks = new ArrayList<>();
    try (OutputStream lines = new BufferedOutputStream(new DigestOutputStream(out, digest))) {
      long start = 0;
      long at = 0;
      int weight = 0;
      long bytes = 0;
      for (SourceItem item : items) {
        int own = item.isMember() ? 1 : MEMBERS_PER_SOURCE;
        boolean full =
            weight + own > sourcesPerChunk * MEMBERS_PER_SOURCE
                || bytes + item.bytes() > CHUNK_BYTES;
        if (at > start && full) {
          chunks.add(new Chunk(chunks.size(), start, Math.toIntExact(at - start)));
          start = at;
          weight = 0;
          bytes = 0;
        }
        byte[] line = (item.toLine() + "\n").getBytes(StandardCharsets.UTF_8);
        lines.write(line);
        at += line.length;
        weight += own;
        bytes += item.bytes();
      }
      chunks.add(new Chunk(chunks.size(), start, Math.toIntExact(at - start)));
    }
    return new SourceChunks(
        items.get(0).folder(),
        items.size(),
        HexFormat.of().formatHex(digest.digest()),
        sourcesPerChunk,
        List.copyOf(chunks));
  }

  /** Reads the sources of a chunk. */
  static List<SourceItem> read(FileSystem files, Path list, String folder, Chunk chunk) {
    byte[] lines = new byte[chunk.bytes()];
    try (FSDataInputStream in = files.open(list)) {
      in.readFully(chunk.offset(), lines);
    } catch (IOException e) {
      throw AtomicFiles.failure(list, e);
    }
    return new String(lines, StandardCharsets.UTF_8)
        .lines()
        .map(line -> SourceItem.ofLine(folder, line))
        .toList();
  }
}
