package dev.sinter.trainer;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Options.ChecksumOpt;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.client.HdfsDataOutputStream;
import org.apache.hadoop.util.Progressable;

/** HDFS that tells a test, within this process, of files that are opened and half written. */
public final class WatchedHdfs extends DistributedFileSystem {
  /** Settings of a Spark session whose {@code hdfs:} is this. */
  public static final Map<String, String> SETTINGS =
      Map.of("spark.hadoop.fs.hdfs.impl", WatchedHdfs.class.getName());

  private static volatile Watch watch = Watch.NOTHING;

  /** What a test does meanwhile. */
  public interface Watch {
    /** Does nothing. */
    Watch NOTHING = new Watch() {};

    /** A file is open, the places of its blocks are known, and nothing of it was read. */
    default void onOpened(Path file) {}

    /** A file is open, and its first bytes are on all nodes of its block. */
    default void onBegun(Path file, int nodes) {}
  }

  /** Tells this watch from now on. */
  public static void watch(Watch value) {
    watch = value;
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    FSDataInputStream stream = super.open(file, bufferSize);
    watch.onOpened(file);
    return stream;
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      EnumSet<CreateFlag> flags,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress,
      ChecksumOpt checksum)
      throws IOException {
    FSDataOutputStream stream =
        super.create(
            file, permission, flags, bufferSize, replication, blockSize, progress, checksum);
    return stream instanceof HdfsDataOutputStream hdfs
        ? new FSDataOutputStream(new Begun(hdfs, file), null)
        : stream;
  }

  private static final class Begun extends FilterOutputStream {
    private final HdfsDataOutputStream stream;
    private final Path file;
    private boolean told;

    Begun(HdfsDataOutputStream stream, Path file) {
      super(stream);
      this.stream = stream;
      this.file = file;
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      tell();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      tell();
    }

    private void tell() throws IOException {
      if (!told) {
        told = true;
        stream.hflush();
        watch.onBegun(file, stream.getCurrentBlockReplication());
      }
    }
  }
}
