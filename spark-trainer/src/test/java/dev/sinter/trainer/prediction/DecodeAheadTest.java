package dev.sinter.trainer.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.dataset.Fit;
import dev.sinter.dataset.PixelType;
import dev.sinter.dataset.Preparation;
import dev.sinter.dataset.SourceCollection;
import dev.sinter.dataset.SourceItem;
import dev.sinter.trainer.TinyCollections;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is decoded ahead comes in order, and is bounded. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DecodeAheadTest {
  private static final int IMAGES = 150;

  @TempDir Path folder;

  private SourceCollection collection(int side) throws IOException {
    for (int i = 0; i < IMAGES; i++) {
      BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
      TinyCollections.save(image, folder.resolve(String.format("%03d.png", i)));
    }
    Files.writeString(folder.resolve("070-broken.png"), "no image");
    return SourceCollection.list(
        new Configuration(),
        folder.toString(),
        new Preparation(Preparation.IMAGE, 1, 8, 8, Fit.RESIZE, PixelType.UINT8, 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void givesAllInTheirOrder(int threads) throws IOException {
    SourceCollection sources = collection(8);
    List<String> taken = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    try (DecodeAhead ahead = new DecodeAhead(sources, new Configuration(), threads)) {
      for (Optional<DecodeAhead.Decoded> next = ahead.take();
          next.isPresent();
          next = ahead.take()) {
        assertThat(ahead.waiting()).isLessThanOrEqualTo(DecodeAhead.LONGEST_QUEUE + threads);
        taken.add(next.get().item().relative());
        next.get().failure().ifPresent(failure -> failed.add(failure.code()));
      }
    }
    assertThat(taken)
        .isEqualTo(sources.items().stream().map(SourceItem::relative).toList())
        .hasSize(IMAGES + 1);
    assertThat(failed).containsExactly("IMAGE_FORMAT_UNKNOWN");
  }

  /** 150 images of 1 MB are 150 MB: those that wait are never more than the limit and one. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void waitsWhenEnoughBytesWait(int threads) throws IOException {
    SourceCollection sources = collection(1024);
    try (DecodeAhead ahead = new DecodeAhead(sources, new Configuration(), threads)) {
      int most = 0;
      for (int i = 0; i < 100; i++) {
        assertThat(ahead.take()).isPresent();
        most = Math.max(most, ahead.waiting());
      }
      assertThat(most).isLessThanOrEqualTo(32 + 1);
    }
  }
}
