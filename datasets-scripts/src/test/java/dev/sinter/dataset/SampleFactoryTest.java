package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.source.Geometry;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.Scaling;
import dev.sinter.dataset.source.SourceFormats;
import dev.sinter.dataset.source.VoxelType;
import dev.sinter.error.SinterException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleFactoryTest {
  private static final SampleFactory.Identity IDENTITY =
      new SampleFactory.Identity("v", "p", "train", "v.nii", -1);

  @TempDir Path folder;

  private static RawVolume volume(int channels, int... extents) {
    byte[] stored = new byte[channels * extents[0] * extents[1] * extents[2]];
    new Random(4).nextBytes(stored);
    return new RawVolume(
        "test",
        extents,
        channels,
        VoxelType.of(PixelType.UINT8),
        Scaling.NONE,
        Geometry.UNKNOWN,
        stored,
        List.of());
  }

  private static Transforms crop(Transforms.Crop crop, Integer... size) {
    return new Transforms(
        List.of(), crop, List.of(size), List.of(), List.of(), Transforms.Normalize.AUTO);
  }

  private static Preparation preparation(
      SampleKind kind, Fit fit, int axis, int channels, Transforms transforms, int... size) {
    return new Preparation(
        Preparation.VOLUME,
        channels,
        size[1],
        size[2],
        fit,
        PixelType.UINT8,
        axis,
        kind,
        size[0],
        0.5,
        transforms,
        (channels - 1) / 2,
        List.of());
  }

  private static Preparation plain(SampleKind kind, int channels, int... size) {
    return preparation(kind, Fit.PAD, 2, channels, Transforms.NONE, size);
  }

  @Test
  void slicesHaveTheirNeighboursAsChannels() {
    RawVolume volume = volume(1, 4, 3, 5);
    List<Sample> samples =
        new SampleFactory(plain(SampleKind.SLICE, 3, 1, 3, 4))
            .samples(IDENTITY, volume, new byte[0]);
    assertThat(samples).hasSize(5);
    for (int slice = 0; slice < 5; slice++) {
      float[] values = samples.get(slice).values();
      for (int channel = 0; channel < 3; channel++) {
        int from = Math.max(0, Math.min(4, slice + channel - 1));
        for (int i = 0; i < 12; i++) {
          assertThat(values[channel * 12 + i]).isEqualTo(volume.stored()[from * 12 + i] & 0xff);
        }
      }
    }
  }

  @Test
  void patchesAreBlocksOfTheVolume() {
    RawVolume volume = volume(1, 6, 5, 7);
    byte[] classes = volume.stored().clone();
    List<Sample> patches =
        new SampleFactory(plain(SampleKind.PATCH, 1, 4, 3, 4)).samples(IDENTITY, volume, classes);
    assertThat(patches).hasSize(3 * 3 * 2);
    for (Sample patch : patches) {
      assertThat(patch.extents()).containsExactly(7, 5, 6);
      assertThat(patch.mask()).isEqualTo(patch.pixels());
      int at = 0;
      for (int z = 0; z < 4; z++) {
        for (int y = 0; y < 3; y++) {
          for (int x = 0; x < 4; x++) {
            int from =
                ((patch.origin().get(0) + z) * 5 + patch.origin().get(1) + y) * 6
                    + patch.origin().get(2)
                    + x;
            assertThat(patch.pixels()[at++]).isEqualTo(volume.stored()[from]);
          }
        }
      }
    }
  }

  @Test
  void eachChannelOfASliceHasItsOwnMargin() {
    RawVolume volume =
        new RawVolume(
            "test",
            new int[] {1, 1, 1},
            2,
            VoxelType.of(PixelType.UINT8),
            Scaling.NONE,
            Geometry.UNKNOWN,
            new byte[] {3, 7},
            List.of());
    Preparation preparation =
        new Preparation(
            Preparation.VOLUME,
            6,
            2,
            2,
            Fit.PAD,
            PixelType.UINT8,
            2,
            SampleKind.SLICE,
            1,
            0,
            new Transforms(
                List.of(),
                Transforms.Crop.NONE,
                List.of(),
                List.of(),
                List.of(),
                Transforms.Normalize.DATASET),
            1,
            List.of());
    Sample sample = new SampleFactory(preparation).samples(IDENTITY, volume, new byte[0]).get(0);
    assertThat(sample.values())
        .containsExactly(3, 3, 3, 3, 7, 7, 7, 7, 3, 3, 3, 3, 7, 7, 7, 7, 3, 3, 3, 3, 7, 7, 7, 7);
  }

  @Test
  void eachChannelOfAVolumeIsNormalisedByItsOwn() {
    RawVolume volume = volume(2, 4, 4, 4);
    Preparation preparation =
        new Preparation(
            Preparation.VOLUME,
            2,
            4,
            4,
            Fit.PAD,
            PixelType.FLOAT32,
            2,
            SampleKind.VOLUME,
            4,
            0,
            Transforms.NONE,
            0,
            List.of());
    Sample sample = new SampleFactory(preparation).samples(IDENTITY, volume, new byte[0]).get(0);
    assertThat(sample.channels()).isEqualTo(2);
    assertThat(sample.intensityMean()).isZero();
    assertThat(sample.intensityStd()).isEqualTo(1);
    float[] values = sample.values();
    for (int channel = 0; channel < 2; channel++) {
      float[] own = java.util.Arrays.copyOfRange(values, channel * 64, channel * 64 + 64);
      Intensity intensity = Intensity.of(own);
      assertThat(intensity.mean()).isCloseTo(0, Offset.offset(1e-5f));
      assertThat(intensity.std()).isCloseTo(1, Offset.offset(1e-5f));
      // Channels lie beside each other in the source.
      float step = (volume.stored()[2 + channel] & 0xff) - (volume.stored()[channel] & 0xff);
      assertThat(Math.signum(own[1] - own[0])).isEqualTo(Math.signum(step));
    }
    assertThatThrownBy(
            () -> new SampleFactory(preparation).samples(IDENTITY, volume(1, 4, 4, 4), new byte[0]))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("CHANNELS_DIFFER"));
  }

  /** What a perfect network would give comes back as the mask that it learnt from. */
  @ParameterizedTest
  @CsvSource({
    "SLICE, PAD, 2, NONE",
    "SLICE, PAD, 0, CENTRE",
    "SLICE, RESIZE, 1, NONE",
    "VOLUME, PAD, 2, NONE",
    "VOLUME, PAD, 0, FOREGROUND",
    "VOLUME, RESIZE, 1, NONE",
    "PATCH, PAD, 2, NONE",
    "PATCH, PAD, 1, CENTRE",
  })
  void masksComeBack(SampleKind kind, Fit fit, int axis, Transforms.Crop crop) throws Exception {
    RawVolume volume = volume(1, 6, 5, 7);
    byte[] classes = new byte[volume.stored().length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) (volume.stored()[i] & 1);
    }
    Transforms transforms = crop == Transforms.Crop.CENTRE ? crop(crop, 9, 9, 9) : crop(crop);
    int[] size =
        kind == SampleKind.PATCH
            ? new int[] {4, 3, 4}
            : fit == Fit.RESIZE ? new int[] {14, 14, 14} : new int[] {8, 8, 8};
    Preparation preparation = preparation(kind, fit, axis, 1, transforms, size);
    List<Sample> samples = new SampleFactory(preparation).samples(IDENTITY, volume, classes);
    DatasetManifest manifest = DatasetManifestTest.manifest(2, preparation, null);
    SourceCollection.Source source =
        new SourceCollection.Source(
            SourceItem.ofFile("", "v.nii", 0, 0), volume, samples, List.of(), preparation);
    org.apache.hadoop.fs.Path written =
        new MaskWriter(new Configuration(), folder.toString(), folder.toString(), manifest)
            .write(source, samples.stream().map(Sample::mask).toList());
    RawVolume mask =
        (RawVolume)
            SourceFormats.read(new HadoopSourceFile(written.toString(), new Configuration()));
    for (int i = 0; i < classes.length; i++) {
      assertThat(mask.stored()[i] & 0xff).isEqualTo(classes[i] == 0 ? 0 : 255);
    }
  }
}
