package dev.sinter.dataset;

import java.io.IOException;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** Local files of a driver that dies: from one change of a dataset's files on, nothing changes. */
public final class MortalFileSystem extends LocalFileSystem {
  private static String root = "";
  private static int left;

  /** The driver lives for so many more changes outside temporary folders. */
  static synchronized void dieAfter(java.nio.file.Path dataset, int changes) {
    root = dataset.toAbsolutePath() + "/";
    left = changes;
  }

  private static synchronized void live(Path changed) throws IOException {
    String path = changed.toUri().getPath();
    if (path.startsWith(root)
        && (left < 0 || !path.startsWith(".sinter-tmp-", root.length()))
        && --left < 0) {
      throw new IOException("the driver was killed");
    }
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    live(to);
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    live(path);
    return super.delete(path, recursive);
  }
}
