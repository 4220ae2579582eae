package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.parquet.example.data.Group;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardTest {
  private static final Configuration CONFIGURATION = new Configuration();

  @TempDir java.nio.file.Path folder;

  static List<Sample> samples(int count) {
    Random random = new Random(7);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] pixels = new byte[3 * 16 * 20];
      random.nextBytes(pixels);
      byte[] mask = i % 2 == 0 ? new byte[0] : new byte[16 * 20];
      samples.add(
          new Sample(
              "sample-" + i,
              "patient-" + i / 3,
              "train",
              i % 2 == 0 ? i % 5 : -1,
              mask,
              pixels,
              PixelType.UINT8,
              3,
              16,
              20,
              i * 0.5f,
              1.25f,
              i % 3 == 0 ? List.of() : List.of(0.5f, 0.75f, 2f),
              "volume-" + i / 4,
              i % 4,
              "class/" + i + ".png"));
    }
    return samples;
  }

  private Path write(String name, List<Sample> samples) {
    Path path = new Path(folder.resolve(name).toUri());
    try (ShardWriter writer = ShardWriter.create(CONFIGURATION, path)) {
      samples.forEach(writer::write);
    }
    return path;
  }

  private static List<Sample> read(Path path, long from, long to) {
    List<Sample> samples = new ArrayList<>();
    try (ShardReader reader = ShardReader.open(CONFIGURATION, path, from, to)) {
      reader.forEachRemaining(samples::add);
    }
    return samples;
  }

  private static void assertSame(List<Sample> actual, List<Sample> expected) {
    assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
  }

  @Test
  void readsBackWhatWasWritten() {
    List<Sample> samples = samples(50);
    assertSame(read(write("a.parquet", samples), 0, Long.MAX_VALUE), samples);
  }

  @Test
  void readsAnyRangeAcrossRowGroups() {
    List<Sample> samples = samples(12000); // 11 MB: several row groups
    Path path = write("a.parquet", samples);
    for (int[] range : new int[][] {{0, 1}, {5000, 5010}, {11990, 13000}, {7, 7}, {12000, 12001}}) {
      assertSame(
          read(path, range[0], range[1]),
          samples.subList(range[0], Math.max(range[0], Math.min(range[1], 12000))));
    }
  }

  @Test
  void writesTheSameBytesAgain() throws IOException {
    write("a.parquet", samples(500));
    write("b.parquet", samples(500));
    assertThat(folder.resolve("a.parquet")).hasSameBinaryContentAs(folder.resolve("b.parquet"));
  }

  /** One hash for every JVM: the footer must not depend on the order of a hash set. */
  @Test
  void writesTheSameBytesInEveryJvm() {
    Path path = new Path(folder.resolve("a.parquet").toUri());
    ShardWriter writer = ShardWriter.create(CONFIGURATION, path);
    try (writer) {
      samples(5000).forEach(writer::write);
    }
    assertThat(writer.bytes()).isEqualTo(folder.resolve("a.parquet").toFile().length());
    assertThat(writer.sha256())
        .isEqualTo("eb59f6e63e76b6340a0d39a34a12739b9499ed94fccc1e82b5991f31f17418a8");
  }

  @Test
  void readsTheGoldenFileOfVersionOne() {
    Path golden = new Path("src/test/resources/v1/shard.parquet");
    assertSame(read(golden, 0, Long.MAX_VALUE), samples(5));
  }

  @Test
  void readsTheGoldenFileOfVersionTwo() {
    Path golden = new Path("src/test/resources/v2/shard.parquet");
    assertSame(read(golden, 0, Long.MAX_VALUE), patches());
  }

  /** The golden file of version 2 holds these. */
  static List<Sample> patches() {
    byte[] pixels = new byte[3 * 2 * 2 * PixelType.INT16.bytes()];
    new Random(8).nextBytes(pixels);
    return List.of(
        new Sample(
            "volume-0000",
            "patient",
            "val",
            -1,
            new byte[] {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2},
            pixels,
            PixelType.INT16,
            1,
            2,
            2,
            3.5f,
            1.25f,
            List.of(1f, 1.5f, 3f),
            "volume",
            7,
            "imagesTr/hash.nii.gz",
            3,
            List.of(4, 0, 2),
            List.of(9, 2, 4)));
  }

  @Test
  void rejectsARowWithAnotherChecksum() throws IOException {
    Group row = ShardSchema.toGroup(samples(1).get(0));
    Group wrong = new org.apache.parquet.example.data.simple.SimpleGroup(ShardSchema.TYPE);
    for (org.apache.parquet.schema.Type field : ShardSchema.TYPE.getFields()) {
      switch (field.getName()) {
        case "checksum" -> wrong.add("checksum", row.getLong("checksum", 0) ^ 1);
        case "spacing", "origin", "extents" -> wrong.addGroup(field.getName());
        case "depth", "label", "channels", "height", "width", "slice" ->
            wrong.add(field.getName(), row.getInteger(field.getName(), 0));
        case "intensity_mean", "intensity_std" ->
            wrong.add(field.getName(), row.getFloat(field.getName(), 0));
        default -> wrong.add(field.getName(), row.getBinary(field.getName(), 0));
      }
    }
    Path path = new Path(folder.resolve("wrong.parquet").toUri());
    try (ShardWriter writer = ShardWriter.create(CONFIGURATION, path)) {
      writer.writeRow(wrong);
    }
    assertThatThrownBy(() -> read(path, 0, 1))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("SHARD_CHECKSUM_MISMATCH"))
        .hasMessageContaining("sample-0");
  }

  @Test
  void noticesAChangedByteAnywhereInTheRows() throws IOException {
    write("a.parquet", samples(40));
    byte[] whole = Files.readAllBytes(folder.resolve("a.parquet"));
    for (int at = 50; at < 35_000; at += 3_000) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x10;
      java.nio.file.Path file = folder.resolve("damaged-" + at + ".parquet");
      Files.write(file, damaged);
      assertThatThrownBy(() -> read(new Path(file.toUri()), 0, Long.MAX_VALUE))
          .as("byte %d", at)
          .isInstanceOfSatisfying(
              SinterException.class,
              e -> assertThat(e.code()).isEqualTo("SHARD_CHECKSUM_MISMATCH"));
    }
  }

  /** A file system whose streams fail once they were told to. */
  static final class FailingFileSystem extends RawLocalFileSystem {
    private static boolean failing;

    @Override
    public FSDataInputStream open(Path path, int bufferBytes) throws IOException {
      FSDataInputStream whole = super.open(path, bufferBytes);
      return new FSDataInputStream(
          new FSInputStream() {
            @Override
            public void seek(long position) throws IOException {
              whole.seek(position);
            }

            @Override
            public long getPos() throws IOException {
              return whole.getPos();
            }

            @Override
            public boolean seekToNewSource(long position) {
              return false;
            }

            @Override
            public int read() throws IOException {
              if (failing) {
                throw new IOException("Connection reset by peer");
              }
              return whole.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
              if (failing) {
                throw new IOException("Connection reset by peer");
              }
              return whole.read(target, offset, length);
            }
          });
    }
  }

  @Test
  void tellsAFailingStorageFromADamagedShard() {
    Path path = write("a.parquet", samples(40));
    Configuration configuration = new Configuration();
    configuration.setClass("fs.file.impl", FailingFileSystem.class, FileSystem.class);
    configuration.setBoolean("fs.file.impl.disable.cache", true);
    FailingFileSystem.failing = false;
    try (ShardReader reader = ShardReader.open(configuration, path)) {
      FailingFileSystem.failing = true;
      for (ThrowingCallable read :
          List.<ThrowingCallable>of(reader::next, () -> ShardReader.open(configuration, path))) {
        assertThatThrownBy(read)
            .isInstanceOfSatisfying(
                SinterException.class,
                e -> {
                  assertThat(e.code()).isEqualTo("STORAGE_FAILED");
                  assertThat(e.category()).isEqualTo(ErrorCategory.RESOURCES);
                });
      }
    }
  }

  @Test
  void tellsAMissingShardFromACutOne() throws IOException {
    write("a.parquet", samples(40));
    byte[] whole = Files.readAllBytes(folder.resolve("a.parquet"));
    java.nio.file.Path cut = folder.resolve("cut.parquet");
    Files.write(cut, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> read(new Path(cut.toUri()), 0, 1))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("SHARD_UNREADABLE"));
    assertThatThrownBy(() -> read(new Path(folder.resolve("none").toUri()), 0, 1))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("SHARD_NOT_FOUND"));
  }
}
