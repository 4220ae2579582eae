package dev.sinter.trainer.checkpoint;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.OptimizerSliceFile;
import dev.sinter.trainer.engine.FlatVector;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The optimizer's state in a checkpoint: one file per slice, its vectors one after the other,
 * float32 little-endian. Read back for any other division into slices.
 */
public final class OptimizerFiles {
  private static final int BLOCK_FLOATS = 16384;

  private OptimizerFiles() {}

  /**
   * Writes one slice.
   *
   * @param folder of the checkpoint being written
   * @param offset first parameter of the slice
   * @param vectors state vectors of the slice, all of one length; not moved
   */
  public static OptimizerSliceFile write(
      FileSystem files, Path folder, long offset, List<FloatBuffer> vectors) {
    String name = String.format("optimizer-%012d.bin", offset);
    long checksum = write(files, new Path(folder, name), vectors);
    int length = vectors.isEmpty() ? 0 : vectors.get(0).remaining();
    return new OptimizerSliceFile(name, offset, length, checksum);
  }

  /** Writes vectors one after the other; returns the file's CRC-32C. */
  static long write(FileSystem files, Path path, List<FloatBuffer> vectors) {
    CRC32C checksum = new CRC32C();
    ByteBuffer block =
        ByteBuffer.allocate(BLOCK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (OutputStream stream = files.create(path, true)) {
      for (FloatBuffer vector : vectors) {
        FloatBuffer rest = vector.duplicate();
        while (rest.hasRemaining()) {
          int count = Math.min(BLOCK_FLOATS, rest.remaining());
          block.asFloatBuffer().put(rest.slice(rest.position(), count));
          rest.position(rest.position() + count);
          checksum.update(block.array(), 0, count * Float.BYTES);
          stream.write(block.array(), 0, count * Float.BYTES);
        }
      }
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
    return checksum.getValue();
  }

  /**
   * Reads one slice.
   *
   * @param count of state vectors
   * @return the vectors; the caller closes them
   * @throws SinterException {@code CHECKPOINT_DAMAGED}
   */
  public static List<FlatVector> read(
      FileSystem files, Path folder, OptimizerSliceFile slice, int count) {
    Path path = new Path(folder, slice.file());
    CRC32C checksum = new CRC32C();
    byte[] block = new byte[BLOCK_FLOATS * Float.BYTES];
    FloatBuffer floats = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    List<FlatVector> vectors = new ArrayList<>();
    boolean whole = false;
    try (DataInputStream in = new DataInputStream(files.open(path))) {
      for (int i = 0; i < count; i++) {
        FlatVector vector = FlatVector.ofFloats(slice.length());
        vectors.add(vector);
        for (int start = 0; start < slice.length(); start += BLOCK_FLOATS) {
          int length = Math.min(BLOCK_FLOATS, slice.length() - start);
          in.readFully(block, 0, length * Float.BYTES);
          checksum.update(block, 0, length * Float.BYTES);
          vector.floats(start, length).put(floats.slice(0, length));
        }
      }
      if (checksum.getValue() != slice.crc32c()) {
        throw damaged(
            path,
            "its CRC-32C is " + checksum.getValue() + ", its manifest says " + slice.crc32c(),
            null);
      }
      whole = true;
      return vectors;
    } catch (EOFException e) {
      throw damaged(path, "it is shorter than its manifest says", e);
    } catch (ChecksumException e) {
      throw damaged(path, "the file system reports a wrong checksum", e);
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    } finally {
      if (!whole) {
        vectors.forEach(FlatVector::close);
      }
    }
  }

  /**
   * Compares the sizes of all slices' files: each holds the same number of whole vectors.
   *
   * @throws SinterException {@code CHECKPOINT_DAMAGED}, or {@code PATH_NOT_FOUND}
   */
  static void requireSizes(FileSystem files, Path folder, List<OptimizerSliceFile> slices) {
    long vectors = -1;
    for (OptimizerSliceFile slice : slices) {
      Path path = new Path(folder, slice.file());
      try {
        long bytes = files.getFileStatus(path).getLen();
        long vectorBytes = (long) slice.length() * Float.BYTES;
        vectors = vectors < 0 ? bytes / vectorBytes : vectors;
        if (vectors == 0 || bytes != vectors * vectorBytes) {
          throw damaged(path, "its " + bytes + " bytes do not fit the other slices", null);
        }
      } catch (IOException e) {
        throw AtomicFiles.failure(path, e);
      }
    }
  }

  static SinterException damaged(Path path, String problem, Throwable cause) {
    return new SinterException(
        ErrorCategory.DATA,
        "CHECKPOINT_DAMAGED",
        path + ": " + problem,
        "remove this checkpoint's folder; the run then goes on from an older one, or starts anew",
        cause);
  }
}
