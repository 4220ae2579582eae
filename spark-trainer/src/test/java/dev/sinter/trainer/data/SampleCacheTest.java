package dev.sinter.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sinter.dataset.PixelType;
import dev.sinter.dataset.Sample;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleCacheTest {
  @TempDir Path directory;

  @Test
  void givesBackWhatWasRead() {
    List<Sample> samples = Samples.random(300, 5, 7);
    try (SampleCache cache = SampleCache.read(samples.iterator(), 1000, directory)) {
      assertThat(cache.size()).isEqualTo(300);
      assertThat(cache.masked()).isFalse();
      assertSame(cache, samples);
    }
  }

  @Test
  void readsAcrossSegments() {
    List<Sample> samples = Samples.random(300, 5, 7);
    SampleFile file = SampleFile.create(directory, 100);
    try (SampleCache cache =
        SampleCache.read(samples.iterator(), 1000, file, SampleCache.Keep.PIXELS)) {
      assertSame(cache, samples);
    }
  }

  @Test
  void keepsMasksTypesAndPlaces() {
    Sample sample =
        Samples.sample(
            "a",
            -1,
            Samples.bytes(0, 1, 2, 1),
            Samples.bytes(1, 0, 2, 0, 3, 0, 4, 1),
            PixelType.UINT16,
            1,
            2,
            2);
    try (SampleCache cache = SampleCache.readWithPlaces(List.of(sample).iterator(), 0, directory)) {
      byte[] mask = new byte[4];
      cache.copyMask(0, mask);
      assertThat(mask).containsExactly(0, 1, 2, 1);
      assertThat(cache.pixelType(0)).isEqualTo(PixelType.UINT16);
      assertThat(cache.intensityMean(0)).isEqualTo(10);
      assertThat(cache.intensityStd(0)).isEqualTo(2);
      assertThat(cache.place(0)).isEqualTo(new SampleCache.Place("volume-a", 3, List.of(1f, 1f)));
    }
  }

  @Test
  void leavesNoFileBehindEvenBeforeItIsClosed() throws IOException {
    try (SampleCache cache = SampleCache.read(Samples.random(3, 2, 2).iterator(), 0, directory)) {
      assertThat(cache.size()).isEqualTo(3);
      assertThat(directory).isEmptyDirectory();
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void acceptsAnEmptySlice() {
    try (SampleCache cache = SampleCache.read(List.<Sample>of().iterator(), 0, directory)) {
      assertThat(cache.size()).isZero();
    }
  }

  @Test
  void refusesAnotherShape() {
    List<Sample> samples = List.of(Samples.image(0, 1, 2, 1, 2), Samples.image(1, 2, 1, 1, 2));
    assertThatThrownBy(() -> SampleCache.read(samples.iterator(), 0, directory))
        .asInstanceOf(InstanceOfAssertFactories.type(SinterException.class))
        .satisfies(e -> assertThat(e.code()).isEqualTo("SAMPLE_SHAPE_MISMATCH"));
  }

  @Test
  void refusesAnIndexOfAnotherWorker() {
    try (SampleCache cache = SampleCache.read(Samples.random(3, 2, 2).iterator(), 10, directory)) {
      assertThatThrownBy(() -> cache.label(9)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> cache.label(13)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void saysThatTheDiskIsFull() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "needs /dev/full");
    SampleFile file =
        new SampleFile(FileChannel.open(full, StandardOpenOption.WRITE), directory, 100);
    assertThatThrownBy(
            () ->
                SampleCache.read(
                    Samples.random(3, 2, 2).iterator(), 0, file, SampleCache.Keep.PIXELS))
        .asInstanceOf(InstanceOfAssertFactories.type(SinterException.class))
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo("DISK_FULL");
              assertThat(e).hasMessageContaining(directory.toString());
            });
  }

  @Test
  void saysWhichDirectoryCannotBeWritten() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> SampleCache.read(List.<Sample>of().iterator(), 0, file))
        .asInstanceOf(InstanceOfAssertFactories.type(SinterException.class))
        .satisfies(e -> assertThat(e.code()).isEqualTo("SAMPLE_CACHE_FAILED"));
  }

  private static void assertSame(SampleCache cache, List<Sample> samples) {
    byte[] pixels = new byte[cache.maxPixelBytes()];
    for (int i = samples.size() - 1; i >= 0; i--) {
      int index = cache.firstIndex() + i;
      cache.copyPixels(index, pixels);
      assertThat(pixels).startsWith(samples.get(i).pixels());
      assertThat(cache.label(index)).isEqualTo(samples.get(i).label());
    }
  }
}
