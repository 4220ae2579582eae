package dev.sinter.dataset;

import dev.sinter.dataset.source.SourceFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A file of any Hadoop file system; its content is read once and kept. */
public final class HadoopSourceFile implements SourceFile {
  private final Path path;
  private final Configuration configuration;
  private byte[] content;

  /** A file, named by its URI or local path. */
  public HadoopSourceFile(String path, Configuration configuration) {
    this(FileListing.path(path), configuration);
  }

  private HadoopSourceFile(Path path, Configuration configuration) {
    this.path = path;
    this.configuration = configuration;
  }

  @Override
  public String path() {
    return path.toString();
  }

  @Override
  public byte[] content() throws IOException {
    if (content == null) {
      try (FSDataInputStream in = files(path).open(path)) {
        content = bytes(in);
      }
    }
    return content;
  }

  /** Asked for by its root: Hadoop logs what it is asked for, and a path may name a patient. */
  private FileSystem files(Path file) throws IOException {
    URI uri = file.toUri();
    return new Path(uri.getScheme(), uri.getAuthority(), "/").getFileSystem(configuration);
  }

  /** Into an array of the size that the stream tells: it would be put together from pieces. */
  private static byte[] bytes(InputStream in) throws IOException {
    byte[] bytes = new byte[Math.max(0, in.available())];
    int read = in.readNBytes(bytes, 0, bytes.length);
    byte[] rest = in.readAllBytes();
    if (read == bytes.length && rest.length == 0) {
      return bytes;
    }
    byte[] all = Arrays.copyOf(bytes, Math.addExact(read, rest.length));
    System.arraycopy(rest, 0, all, read, rest.length);
    return all;
  }

  @Override
  public Optional<SourceFile> sibling(String name) throws IOException {
    Path other = new Path(path.getParent(), name);
    FileSystem files = files(other);
    try {
      FileStatus status = files.getFileStatus(other);
      return status.isFile()
          ? Optional.of(new HadoopSourceFile(other, configuration))
          : Optional.empty();
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }
}
