package dev.sinter.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.error.SinterException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentationMetricsTest {
  private static final List<String> NAMES = List.of("background", "head", "tail");

  @Test
  void refusesAVolumeBeyondTheLongestArray() {
    VolumeLabels volume = new VolumeLabels("v", 1, 2, List.of());
    volume.add(0, new byte[2], new byte[2]);
    volume.add(1 << 30, new byte[2], new byte[2]);
    assertThatThrownBy(() -> new SegmentationMetrics(2).addVolume(volume))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("VOLUME_TOO_LARGE"));
  }

  @Test
  void takesTheMeanOverVolumesNotOverPixels() {
    SegmentationMetrics metrics = new SegmentationMetrics(3);
    // Volume a, class 1: 2 in both, 3 true, 2 predicted: Dice 4/5, IoU 2/3.
    metrics.addSlice("a", new byte[] {1, 1, 0, 0}, new byte[] {1, 0, 0, 0});
    metrics.addSlice("a", new byte[] {1, 0, 0, 0}, new byte[] {1, 0, 0, 0});
    // Volume b, class 1: perfect. Class 2: predicted only: 0.
    metrics.addSlice("b", new byte[] {1, 0, 0, 0}, new byte[] {1, 2, 0, 0});
    SegmentationResult result = metrics.result("val", 2, NAMES);

    assertThat(result.samples()).isEqualTo(3);
    assertThat(result.volumes()).isEqualTo(2);
    assertThat(result.dice().perClass().get(1)).isCloseTo(0.9, within(1e-12));
    assertThat(result.iou().perClass().get(1)).isCloseTo((2 / 3.0 + 1) / 2, within(1e-12));
    assertThat(result.dice().perClass().get(2)).isZero();
    assertThat(result.dice().meanForeground()).isCloseTo(0.45, within(1e-12));
    assertThat(result.hd95().meanForeground()).isNaN();
  }

  @Test
  void skipsAClassThatIsInNeither() {
    SegmentationMetrics metrics = new SegmentationMetrics(3);
    metrics.addSlice("a", new byte[] {1, 0}, new byte[] {1, 0});
    SegmentationResult result = metrics.result("val", 1, NAMES);
    assertThat(result.dice().perClass().get(2)).isNaN();
    assertThat(result.dice().meanForeground()).isEqualTo(1);
  }

  @Test
  void mergesPartsOfAVolumeInAnyOrder() {
    SegmentationMetrics first = new SegmentationMetrics(3);
    SegmentationMetrics second = new SegmentationMetrics(3);
    SegmentationMetrics all = new SegmentationMetrics(3);
    byte[][] slices = {{1, 2, 0, 1}, {2, 2, 1, 0}, {1, 0, 0, 1}, {0, 1, 2, 2}};
    for (int i = 0; i < 3; i++) {
      (i % 2 == 0 ? first : second).addSlice("a", slices[i], slices[i + 1]);
      all.addSlice("a", slices[i], slices[i + 1]);
    }
    assertThat(second.merge(first).result("val", 1, NAMES)).isEqualTo(all.result("val", 1, NAMES));
  }

  @Test
  void measuresHd95OfAVolumeFromSlicesInAnyOrder() {
    VolumeLabels part = new VolumeLabels("a", 1, 3, List.of(1f, 1f, 5f));
    part.add(7, new byte[] {0, 0, 0}, new byte[] {0, 1, 0});
    VolumeLabels volume = new VolumeLabels("a", 1, 3, List.of(1f, 1f, 5f));
    volume.add(6, new byte[] {0, 0, 0}, new byte[] {0, 0, 0});
    volume.add(5, new byte[] {0, 1, 2}, new byte[] {0, 0, 0});
    SegmentationMetrics metrics = new SegmentationMetrics(3);
    metrics.addVolume(volume.merge(part));
    SegmentationResult result = metrics.result("val", 1, NAMES);

    // One voxel two slices away; class 2 is in the truth alone.
    assertThat(result.hd95().perClass().get(1)).isEqualTo(10);
    assertThat(result.hd95().meanForeground()).isEqualTo(10);
    assertThat(result.hd95Skipped()).containsExactly(0L, 0L, 1L);
    assertThat(result.samples()).isEqualTo(3);
    assertThat(new SegmentationMetrics(3).merge(metrics).result("val", 1, NAMES)).isEqualTo(result);
  }

  @Test
  void refusesUnknownClassesAndRepeatedSlices() {
    assertThatThrownBy(
            () -> new SegmentationMetrics(3).addSlice("a", new byte[] {3}, new byte[] {0}))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("class 3");
    VolumeLabels volume = new VolumeLabels("a", 1, 1, List.of());
    volume.add(4, new byte[1], new byte[1]);
    assertThatThrownBy(() -> volume.add(4, new byte[1], new byte[1]))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("Slice 4 of volume a");
  }
}
