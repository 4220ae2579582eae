package dev.sinter.trainer.sync;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.spark.storage.StorageUtils;

/**
 * Memory that processes of one host and one user have in common: a file of a memory file system
 * that its maker writes and others read. Its name goes as soon as all have mapped it, so that
 * nothing is left behind when a process is killed.
 */
final class SharedMemory implements AutoCloseable {
  private static final Path FOLDER = Path.of("/dev/shm");
  private static final Pattern NAME = Pattern.compile("sinter-[0-9a-f-]{36}");

  private final Path file;
  private final MappedByteBuffer memory;

  private SharedMemory(Path file, MappedByteBuffer memory) {
    this.file = file;
    this.memory = memory;
  }

  /**
   * Makes memory of a size.
   *
   * @throws IOException where there is no such file system, or no room in it
   */
  static SharedMemory create(int bytes) throws IOException {
    Path file = FOLDER.resolve("sinter-" + UUID.randomUUID());
    try (FileChannel channel =
        FileChannel.open(
            file,
            EnumSet.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      // Written, not only extended: a page that finds no room later would end the process.
      ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
      for (int written = 0; written < bytes; ) {
        written += channel.write(zeros.clear().limit(Math.min(zeros.capacity(), bytes - written)));
      }
      return new SharedMemory(file, channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes));
    } catch (IOException | UnsupportedOperationException e) {
      Files.deleteIfExists(file);
      throw e instanceof IOException known ? known : new IOException(e);
    }
  }

  /**
   * Maps the memory that another process has made, to read it.
   *
   * @throws IOException where that process is of another user or container
   */
  static SharedMemory open(String file) throws IOException {
    Path path = Path.of(file);
    if (!FOLDER.equals(path.getParent())
        || !NAME.matcher(path.getFileName().toString()).matches()) {
      throw new IOException(file + " is no memory of Sinter");
    }
    try (FileChannel channel =
        FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      return new SharedMemory(path, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
    }
  }

  /** The name by which others map it. */
  String file() {
    return file.toString();
  }

  /** A view of some of its bytes. */
  ByteBuffer bytes(int at, int length) {
    return memory.slice(at, length);
  }

  /** Takes the name away; those who have mapped it keep it. */
  void removeName() throws IOException {
    Files.deleteIfExists(file);
  }

  /** Nobody may use its bytes after this. */
  @Override
  public void close() {
    StorageUtils.dispose(memory);
  }
}
