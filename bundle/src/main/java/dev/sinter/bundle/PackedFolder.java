package dev.sinter.bundle;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A {@code .tar.gz} of one folder: sorted, owned by nobody, of one time. */
final class PackedFolder implements AutoCloseable {
  private static final int EXECUTABLE = 0100755;
  private static final int PLAIN = 0100644;

  private static final class Compressed extends GZIPOutputStream {
    Compressed(OutputStream out) throws IOException {
      super(out, 1 << 16);
    }

    /** Jars are compressed already. */
    void compress(boolean worthIt) {
      def.setLevel(worthIt ? Deflater.DEFAULT_COMPRESSION : Deflater.NO_COMPRESSION);
    }
  }

  private final String folder;
  private final ArchiveTime time;
  private final Compressed compressed;
  private final TarArchiveOutputStream out;

  PackedFolder(Path target, String folder, ArchiveTime time) throws IOException {
    this.folder = folder;
    this.time = time;
    this.compressed = new Compressed(new BufferedOutputStream(Files.newOutputStream(target)));
    this.out = new TarArchiveOutputStream(compressed, "UTF-8");
    out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
  }

  /** Adds a file, or all files below a folder. */
  void add(Path source, String name) throws IOException {
    if (!Files.isDirectory(source)) {
      addFile(source, name);
      return;
    }
    List<Path> files;
    try (Stream<Path> found = Files.walk(source)) {
      files = found.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      addFile(file, name + "/" + source.relativize(file));
    }
  }

  private void addFile(Path file, String name) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(folder + "/" + name);
    entry.setSize(Files.size(file));
    entry.setMode(Files.isExecutable(file) ? EXECUTABLE : PLAIN);
    entry.setLastModifiedTime(FileTime.from(time.instant()));
    compressed.compress(!name.endsWith(".jar"));
    out.putArchiveEntry(entry);
    Files.copy(file, out);
    out.closeArchiveEntry();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
