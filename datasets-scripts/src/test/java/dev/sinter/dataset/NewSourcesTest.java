package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What there is to predict under a folder, and that each of it can be read. */
class NewSourcesTest {
  private static final Configuration CONF = new Configuration();

  @TempDir Path folder;

  private static Preparation images(int channels) {
    return new Preparation(Preparation.IMAGE, channels, 8, 8, Fit.PAD, PixelType.UINT8, 2);
  }

  private static Preparation volumes(int channels) {
    return new Preparation(Preparation.VOLUME, channels, 8, 8, Fit.PAD, PixelType.FLOAT32, 2);
  }

  private byte[] volume(String name, int seed) throws IOException {
    byte[] voxels = new byte[5 * 8 * 8];
    new Random(seed).nextBytes(voxels);
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, TinyCollection.npy("(5, 8, 8)", voxels));
    return voxels;
  }

  @Test
  void joinsTheFilesOfACasesChannels() throws IOException {
    byte[] first = volume("a/CASE_0000.npy", 1);
    byte[] second = volume("a/CASE_0001.npy", 2);
    volume("b/OTHER_0000.npy", 3);
    SourceCollection sources = SourceCollection.list(CONF, folder.toString(), volumes(2));
    assertThat(sources.items())
        .extracting(SourceItem::relative)
        .containsExactly("a/CASE.npy", "b/OTHER.npy");
    SourceCollection.Source source = sources.read(CONF, sources.items().get(0));
    assertThat(source.samples()).hasSize(5);
    float[] slice = source.samples().get(3).values();
    // Each channel is normalised by itself: the order of values stays.
    for (int i = 1; i < 64; i++) {
      int at = 3 * 64 + i;
      assertThat(Float.compare(slice[i], slice[i - 1]))
          .isEqualTo(Integer.compare(first[at] & 0xff, first[at - 1] & 0xff));
      assertThat(Float.compare(slice[64 + i], slice[64 + i - 1]))
          .isEqualTo(Integer.compare(second[at] & 0xff, second[at - 1] & 0xff));
    }
    assertThatThrownBy(() -> sources.read(CONF, sources.items().get(1)))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("CHANNEL_MISSING"));
  }

  @Test
  void numberedFilesOfOneChannelAreSourcesOfTheirOwn() throws IOException {
    volume("CASE_0000.npy", 1);
    volume("CASE_0001.npy", 2);
    assertThat(SourceCollection.list(CONF, folder.toString(), volumes(1)).items())
        .extracting(SourceItem::relative)
        .containsExactly("CASE_0000.npy", "CASE_0001.npy");
    // Gray photographs given to a model of colours.
    new TinyCollection(folder).image("photos/IMG_0007.png", 1);
    new TinyCollection(folder).image("photos/IMG_0008.png", 2);
    assertThat(SourceCollection.list(CONF, folder + "/photos", images(3)).items())
        .extracting(SourceItem::relative)
        .containsExactly("IMG_0007.png", "IMG_0008.png");
  }

  @Test
  void listsTheSamplesOfContainers() throws IOException {
    new TinyCollection(folder).npz("set.npz", List.of("train", "test"), 3);
    new TinyCollection(folder).image("single.png", 9);
    SourceCollection sources = SourceCollection.list(CONF, folder.toString(), images(1));
    assertThat(sources.items())
        .extracting(SourceItem::relative)
        .containsExactly(
            "set.npz/test/000000",
            "set.npz/test/000001",
            "set.npz/test/000002",
            "set.npz/train/000000",
            "set.npz/train/000001",
            "set.npz/train/000002",
            "single.png");
    byte[] expected = new byte[3 * 64];
    new Random("train".hashCode()).nextBytes(expected);
    SourceCollection.Source source = sources.read(CONF, sources.items().get(5));
    byte[] pixels = source.samples().get(0).pixels();
    for (int i = 0; i < 64; i++) {
      assertThat(pixels[i]).isEqualTo(expected[2 * 64 + i]);
    }
  }

  @Test
  void comesBackFromItsLine() throws IOException {
    new TinyCollection(folder).npz("set.npz", List.of("test"), 2);
    new TinyCollection(folder).image("ä \"name\".png", 9);
    volume("C_0000.npy", 1);
    volume("C_0001.npy", 2);
    for (SourceItem item : NewSources.list(CONF, folder.toString(), volumes(2))) {
      assertThat(SourceItem.ofLine(item.folder(), item.toLine())).isEqualTo(item);
    }
  }

  @Test
  void aPreparationThatCoversASourceCutsNothingOfIt() throws IOException {
    volume("v.npy", 4);
    Preparation patches =
        new Preparation(
            Preparation.VOLUME,
            1,
            4,
            4,
            Fit.RESIZE,
            PixelType.UINT8,
            2,
            SampleKind.PATCH,
            6,
            0.25,
            Transforms.NONE,
            0,
            List.of());
    SourceCollection sources = SourceCollection.list(CONF, folder.toString(), patches);
    SourceCollection.Source whole = sources.whole().read(CONF, sources.items().get(0));
    assertThat(patches.cutsSources()).isTrue();
    assertThat(whole.samples()).hasSize(1);
    assertThat(whole.samples().get(0).shape()).isEqualTo("1x6x8x8");
    assertThat(whole.preparation().sample()).isEqualTo(SampleKind.VOLUME);
  }
}
