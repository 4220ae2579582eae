package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.source.Geometry;
import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.Scaling;
import dev.sinter.dataset.source.VoxelType;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaseFoldersTest {
  @TempDir Path folder;
  private TinyCollection collection;

  @BeforeEach
  void collection() {
    collection = new TinyCollection(folder);
  }

  private Layout layout() {
    return Layout.of(
        PrepareRequest.of(folder.toString(), folder + "-out", Task.SEGMENTATION),
        new Configuration());
  }

  private void files(String... names) throws IOException {
    for (String name : names) {
      collection.text(name, name);
    }
  }

  @Test
  void readsTheDecathlon() throws IOException {
    collection.text(
        "dataset.json",
        """
        {"name": "x", "modality": {"0": "MRI"}, "numTraining": 2,
         "labels": {"0": "background", "1": "Anterior", "2": "Posterior"},
         "training": [], "test": []}
        """);
    files("imagesTr/h_001.nii.gz", "imagesTr/h_0004.nii.gz", "imagesTs/h_002.nii.gz");
    files("labelsTr/h_001.nii.gz", "labelsTr/h_0004.nii.gz", "imagesTr/._h_001.nii.gz");
    Layout layout = layout();
    assertThat(layout.declaredMasks)
        .containsEntry(0, "background")
        .containsEntry(1, "Anterior")
        .containsEntry(2, "Posterior")
        .hasSize(3);
    assertThat(layout.entries)
        .extracting(e -> e.relative() + " " + e.mask() + " " + e.patient() + e.givenSplit())
        .containsExactly(
            "imagesTr/h_0004.nii.gz labelsTr/h_0004.nii.gz h_0004",
            "imagesTr/h_001.nii.gz labelsTr/h_001.nii.gz h_001");
    assertThat(layout.rejections).extracting(Rejection::code).containsExactly("TEST_WITHOUT_MASK");
    assertThat(layout.listed).isEqualTo(2);
  }

  @Test
  void readsChannelsOfNnuNet() throws IOException {
    collection.text(
        "dataset.json",
        """
        {"channel_names": {"0": "T2", "1": "ADC"}, "numTraining": 3, "file_ending": ".nii.gz",
         "labels": {"background": 0, "PZ": 1, "whole": [1, 2]}}
        """);
    files("imagesTr/p_00_0000.nii.gz", "imagesTr/p_00_0001.nii.gz", "labelsTr/p_00.nii.gz");
    files("imagesTr/p_01_0000.nii.gz", "labelsTr/p_01.nii.gz");
    files("imagesTr/p_02_0001.nii.gz", "imagesTr/p_02_0002.nii.gz", "labelsTr/p_02.nii.gz");
    files("imagesTs/p_03_0000.nii.gz", "imagesTs/p_03_0001.nii.gz", "labelsTs/p_03.nii.gz");
    Layout layout = layout();
    assertThat(layout.declaredMasks).containsEntry(1, "PZ").containsEntry(2, "2");
    assertThat(layout.entries)
        .extracting(e -> e.patient() + " " + e.channels().size() + " " + e.givenSplit())
        .containsExactly("p_00 2 train", "p_03 2 test");
    assertThat(layout.rejections)
        .extracting(Rejection::code)
        .containsExactly("CHANNEL_MISSING", "CHANNEL_MISSING");
  }

  @Test
  void leavesAnotherDatasetJsonAlone() throws IOException {
    collection.text("dataset.json", "{\"schema_version\": 1}");
    files("images/a.png", "labels/a.png");
    assertThat(layout().entries).hasSize(1);
    collection.text("dataset.json", "no json");
    assertThat(layout().entries).hasSize(1);
  }

  @Test
  void joinsChannels() {
    RawVolume one = volume(VoxelType.INT16, new byte[] {1, 0, 2, 0});
    RawVolume two = volume(VoxelType.INT16, new byte[] {3, 0, 4, 0});
    RawVolume joined = (RawVolume) SourceReading.joined("x", List.of(one, two));
    assertThat(joined.channels()).isEqualTo(2);
    assertThat(joined.values()).containsExactly(1, 3, 2, 4);
    RawImage image = new RawImage("png", 1, 1, 2, PixelType.UINT8, new byte[] {5, 6});
    RawImage other = new RawImage("png", 1, 1, 2, PixelType.UINT8, new byte[] {7, 8});
    assertThat(SourceReading.joined("x", List.of(image, other)).values())
        .containsExactly(5, 6, 7, 8);
    assertThatThrownBy(() -> SourceReading.joined("x", List.of(one, image)))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("CHANNELS_DIFFER"));
  }

  private static RawVolume volume(VoxelType type, byte[] stored) {
    return new RawVolume(
        "nifti-1", new int[] {2, 1, 1}, 1, type, Scaling.NONE, Geometry.UNKNOWN, stored, List.of());
  }
}
