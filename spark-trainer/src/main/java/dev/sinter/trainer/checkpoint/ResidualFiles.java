package dev.sinter.trainer.checkpoint;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.OptimizerSliceFile;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ResidualFile;
import dev.sinter.trainer.engine.FlatVector;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What each worker has not sent yet, in a checkpoint: one file per worker. */
public final class ResidualFiles {
  private ResidualFiles() {}

  /**
   * Writes one worker's.
   *
   * @param folder of the checkpoint being written
   * @param vectors all of one length; not moved
   */
  public static ResidualFile write(
      FileSystem files, Path folder, int worker, float threshold, List<FloatBuffer> vectors) {
    String name = String.format("residual-%05d.bin", worker);
    long checksum = OptimizerFiles.write(files, new Path(folder, name), vectors);
    return new ResidualFile(
        name, worker, vectors.get(0).remaining(), vectors.size(), threshold, checksum);
  }

  /**
   * Reads one worker's.
   *
   * @return the vectors; the caller closes them
   * @throws SinterException {@code CHECKPOINT_DAMAGED}
   */
  public static List<FlatVector> read(FileSystem files, Path folder, ResidualFile residual) {
    // The same layout as a slice of optimizer state.
    OptimizerSliceFile slice =
        new OptimizerSliceFile(residual.file(), 0, residual.length(), residual.crc32c());
    return OptimizerFiles.read(files, folder, slice, residual.vectors());
  }

  /** Compares the sizes of all files. */
  static void requireSizes(FileSystem files, Path folder, List<ResidualFile> residuals) {
    for (ResidualFile residual : residuals) {
      Path path = new Path(folder, residual.file());
      try {
        long bytes = files.getFileStatus(path).getLen();
        if (bytes != (long) residual.length() * residual.vectors() * Float.BYTES) {
          throw OptimizerFiles.damaged(path, "its " + bytes + " bytes are not all", null);
        }
      } catch (IOException e) {
        throw AtomicFiles.failure(path, e);
      }
    }
  }
}
