package dev.sinter.trainer.registry;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** Local files of a process that dies: from one change on, nothing changes any more. */
public final class DyingFileSystem extends LocalFileSystem {
  private static int left;

  static synchronized void dieAfter(int changes) {
    left = changes;
  }

  private static synchronized void live() throws IOException {
    if (left <= 0) {
      throw new IOException("the process was killed");
    }
    left--;
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    live();
    return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    live();
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    live();
    return super.delete(path, recursive);
  }
}
