package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedMemoryTest {
  private static final int BYTES = (1 << 20) + 8;

  @Test
  void whatIsWrittenIsReadWithoutTheName() throws Exception {
    try (SharedMemory made = SharedMemory.create(BYTES);
        SharedMemory mapped = SharedMemory.open(made.file())) {
      made.removeName();
      made.bytes(1 << 20, 8).putLong(0, 42);

      assertThat(mapped.bytes(1 << 20, 8).getLong(0)).isEqualTo(42);
      assertThat(Path.of(made.file())).doesNotExist();
    }
  }

  @Test
  void othersMayNotReadIt() throws Exception {
    try (SharedMemory made = SharedMemory.create(BYTES)) {
      assertThat(Files.getPosixFilePermissions(Path.of(made.file())))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      made.removeName();
    }
  }

  /** A peer names the file: nothing else may be opened by its word. */
  @Test
  void otherFilesAreNotOpened(@TempDir Path directory) throws Exception {
    Path secret = Files.write(directory.resolve("secret"), new byte[] {1});
    Path link = Path.of("/dev/shm/sinter-" + UUID.randomUUID());
    Files.createSymbolicLink(link, secret);
    try {
      for (String file :
          new String[] {
            secret.toString(), "/dev/shm/../etc/passwd", "/dev/shm/other", link.toString()
          }) {
        assertThatThrownBy(() -> SharedMemory.open(file)).isInstanceOf(IOException.class);
      }
    } finally {
      Files.delete(link);
    }
  }

  @Test
  void readersCannotWrite() throws Exception {
    try (SharedMemory made = SharedMemory.create(BYTES);
        SharedMemory mapped = SharedMemory.open(made.file())) {
      made.removeName();
      ByteBuffer bytes = mapped.bytes(0, 8);
      assertThat(bytes.isReadOnly()).isTrue();
    }
  }
}
