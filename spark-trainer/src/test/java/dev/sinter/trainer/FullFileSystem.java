package dev.sinter.trainer;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** The local file system on a disk that takes so many bytes and no more: {@code full:/...}. */
public final class FullFileSystem extends RawLocalFileSystem {
  /** Bytes that still go on the disk. */
  public static final AtomicLong FREE_BYTES = new AtomicLong();

  /** System property by which every Spark session knows the scheme. */
  public static final String PROPERTY = "spark.hadoop.fs.full.impl";

  /** A configuration that knows the scheme. */
  public static Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.set("fs.full.impl", FullFileSystem.class.getName());
    return configuration;
  }

  @Override
  public URI getUri() {
    return URI.create("full:///");
  }

  @Override
  public String getScheme() {
    return "full";
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return limited(super.create(file, overwrite, bufferSize, replication, blockSize, progress));
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return limited(
        super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress));
  }

  private static FSDataOutputStream limited(OutputStream stream) throws IOException {
    return stream instanceof FSDataOutputStream data && data.getWrappedStream() instanceof Limited
        ? data
        : new FSDataOutputStream(new Limited(stream), null);
  }

  private static final class Limited extends FilterOutputStream {
    Limited(OutputStream stream) {
      super(stream);
    }

    @Override
    public void write(int value) throws IOException {
      take(1);
      out.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      take(length);
      out.write(bytes, offset, length);
    }

    private static void take(int bytes) throws IOException {
      if (FREE_BYTES.addAndGet(-bytes) < 0) {
        throw new IOException("No space left on device");
      }
    }
  }
}
