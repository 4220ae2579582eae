package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class VolumeGeometryTest {
  private static final List<Float> SPACING = List.of(1f, 2f, 3f); // rows, columns, slices

  private static VolumeGrid ramp(int depth, int height, int width) {
    float[] values = new float[depth * height * width];
    int at = 0;
    for (int z = 0; z < depth; z++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          values[at++] = 100 * z + 10 * y + x;
        }
      }
    }
    return new VolumeGrid(values, depth, height, width);
  }

  private static Transforms transforms(
      List<Double> spacing, Transforms.Crop crop, List<Integer> size) {
    return new Transforms(spacing, crop, size, List.of(), List.of(), Transforms.Normalize.AUTO);
  }

  private static Preparation preparation(SampleKind kind, Fit fit, int... size) {
    return new Preparation(
        Preparation.VOLUME,
        1,
        size[1],
        size[2],
        fit,
        PixelType.FLOAT32,
        2,
        kind,
        size[0],
        0.5,
        Transforms.NONE,
        0,
        List.of());
  }

  @Test
  void leavesAVolumeAsItIs() {
    VolumeGrid grid = ramp(3, 4, 5);
    VolumeGeometry geometry = VolumeGeometry.of(grid, SPACING, Transforms.NONE);
    assertThat(geometry.resampled(grid, 0)).isSameAs(grid);
  }

  @Test
  void resamplesLinearlyToASpacing() {
    VolumeGrid grid = ramp(4, 6, 8);
    VolumeGeometry geometry =
        VolumeGeometry.of(
            grid, SPACING, transforms(List.of(3.0, 0.5, 1.0), Transforms.Crop.NONE, List.of()));
    assertThat(geometry.extents()).containsExactly(4, 12, 16);
    assertThat(geometry.spacing(SPACING)).containsExactly(0.5f, 1f, 3f);
    VolumeGrid finer = geometry.resampled(grid, -1);
    // Voxel (z, y, x) of the target lies at (z, y / 2 - 1/4, x / 2 - 1/4) of the ramp.
    float at = finer.values()[(2 * 12 + 5) * 16 + 7];
    assertThat(at).isCloseTo(200 + 22.5f + 3.25f, Offset.offset(1e-4f));
    assertThat(finer.values()[0]).as("ends are repeated").isZero();
  }

  @Test
  void shrinksByArea() {
    VolumeGrid grid = ramp(2, 4, 4);
    VolumeGeometry geometry =
        VolumeGeometry.of(
            grid, SPACING, transforms(List.of(3.0, 2.0, 4.0), Transforms.Crop.NONE, List.of()));
    VolumeGrid coarse = geometry.resampled(grid, 0);
    assertThat(coarse.extents()).containsExactly(2, 2, 2);
    assertThat(coarse.values()[0]).isEqualTo((0 + 1 + 10 + 11) / 4f);
    assertThat(coarse.values()[7]).isEqualTo(100 + (22 + 23 + 32 + 33) / 4f);
  }

  @Test
  void cropsToTheForeground() {
    float[] values = new float[4 * 5 * 6];
    Arrays.fill(values, -3);
    values[(1 * 5 + 2) * 6 + 3] = 1;
    values[(2 * 5 + 4) * 6 + 1] = 1;
    VolumeGrid grid = new VolumeGrid(values, 4, 5, 6);
    VolumeGeometry geometry =
        VolumeGeometry.of(
            grid, SPACING, transforms(List.of(), Transforms.Crop.FOREGROUND, List.of()));
    assertThat(geometry.extents()).containsExactly(2, 3, 3);
    VolumeGrid cropped = geometry.resampled(grid, -3);
    assertThat(cropped.values()[2]).isEqualTo(1);
    assertThat(cropped.values()[9 + 6]).isEqualTo(1);
  }

  @Test
  void cropsAroundTheCentreNoMoreThanThereIs() {
    VolumeGrid grid = ramp(3, 8, 8);
    VolumeGeometry geometry =
        VolumeGeometry.of(
            grid, SPACING, transforms(List.of(), Transforms.Crop.CENTRE, List.of(5, 4, 2)));
    assertThat(geometry.extents()).containsExactly(3, 4, 2);
    assertThat(geometry.resampled(grid, 0).values()[0]).isEqualTo(23);
  }

  /** Whatever was done to an image, its mask comes back to where the source has its voxels. */
  @Test
  void bringsMasksBack() {
    Random random = new Random(3);
    for (int i = 0; i < 50; i++) {
      int depth = 2 + random.nextInt(6);
      int height = 2 + random.nextInt(8);
      int width = 2 + random.nextInt(8);
      byte[] classes = new byte[depth * height * width];
      for (int at = 0; at < classes.length; at++) {
        classes[at] = (byte) random.nextInt(3);
      }
      VolumeGeometry finer =
          VolumeGeometry.identity(new int[] {depth, height, width})
              .fitted(preparation(SampleKind.VOLUME, Fit.RESIZE, 2 * depth, 3 * height, 2 * width));
      assertThat(finer.back(finer.nearest(classes))).isEqualTo(classes);
      VolumeGeometry padded =
          VolumeGeometry.identity(new int[] {depth, height, width})
              .fitted(preparation(SampleKind.VOLUME, Fit.PAD, depth + 3, height + 4, width + 1));
      assertThat(padded.back(padded.nearest(classes))).isEqualTo(classes);
    }
  }

  @Test
  void padsWithTheMarginAndClassZero() {
    VolumeGrid grid = ramp(1, 2, 2);
    VolumeGeometry geometry =
        VolumeGeometry.identity(grid.extents())
            .fitted(preparation(SampleKind.VOLUME, Fit.PAD, 1, 4, 4));
    float[] padded = geometry.resampled(grid, -7).values();
    assertThat(Arrays.copyOfRange(padded, 0, 4)).containsOnly(-7);
    assertThat(Arrays.copyOfRange(padded, 4, 8)).containsExactly(-7, 0, 1, -7);
    assertThat(geometry.nearest(new byte[] {1, 2, 3, 4}))
        .containsExactly(0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0);
  }

  @Test
  void patchesCoverEveryVoxelAndOneOwnsIt() {
    for (int[] extents : new int[][] {{8, 8, 8}, {9, 20, 8}, {31, 8, 12}}) {
      for (double overlap : new double[] {0, 0.25, 0.5}) {
        PatchGrid grid =
            new PatchGrid(List.of(extents[0], extents[1], extents[2]), List.of(8, 8, 8), overlap);
        int[] owners = new int[extents[0] * extents[1] * extents[2]];
        for (List<Integer> origin : grid.origins()) {
          for (int axis = 0; axis < 3; axis++) {
            int[] owned = grid.owned(axis, origin.get(axis));
            assertThat(owned[0]).isBetween(origin.get(axis), origin.get(axis) + 8);
            assertThat(owned[1]).isBetween(owned[0] + 1, origin.get(axis) + 8);
          }
          int[] z = grid.owned(0, origin.get(0));
          int[] y = grid.owned(1, origin.get(1));
          int[] x = grid.owned(2, origin.get(2));
          for (int slice = z[0]; slice < z[1]; slice++) {
            for (int row = y[0]; row < y[1]; row++) {
              for (int column = x[0]; column < x[1]; column++) {
                owners[(slice * extents[1] + row) * extents[2] + column]++;
              }
            }
          }
        }
        assertThat(owners).containsOnly(1);
        assertThat(grid.origins()).hasSize(grid.count());
      }
    }
  }

  @Test
  void clipsToAWindowAndToPercentiles() {
    float[] values = new float[101];
    for (int i = 0; i < values.length; i++) {
      values[i] = 100 - i;
    }
    Transforms window =
        new Transforms(
            List.of(),
            Transforms.Crop.NONE,
            List.of(),
            List.of(50.0, 20.0),
            List.of(),
            Transforms.Normalize.AUTO);
    assertThat(window.clip(values)[0]).isEqualTo(60);
    assertThat(window.clip(values)[100]).isEqualTo(40);
    assertThat(window.clip(values)[50]).isEqualTo(50);
    Transforms percentiles =
        new Transforms(
            List.of(),
            Transforms.Crop.NONE,
            List.of(),
            List.of(),
            List.of(2.5, 90.0),
            Transforms.Normalize.AUTO);
    assertThat(percentiles.clip(values)[100]).isEqualTo(2.5f);
    assertThat(percentiles.clip(values)[0]).isEqualTo(90);
    assertThat(Transforms.NONE.clip(values)).isSameAs(values);
  }

  @Test
  void refusesWhatCannotBe() {
    for (List<Double> wrong : List.of(List.of(1.0), List.of(1.0, 0.0, 1.0))) {
      assertThatThrownBy(() -> transforms(wrong, Transforms.Crop.NONE, List.of()))
          .isInstanceOfSatisfying(
              SinterException.class,
              e -> assertThat(e.code()).isEqualTo("PREPARE_REQUEST_INVALID"));
    }
    assertThatThrownBy(() -> transforms(List.of(), Transforms.Crop.CENTRE, List.of()))
        .isInstanceOf(SinterException.class);
    assertThatThrownBy(() -> Sampling.of(SampleKind.PATCH)).isInstanceOf(SinterException.class);
    assertThatThrownBy(() -> Sampling.DEFAULT.withDepth(3)).isInstanceOf(SinterException.class);
    assertThatThrownBy(() -> Sampling.of(SampleKind.VOLUME).withNeighbours(1).kindFor("in", true))
        .hasMessageContaining("neighbours");
    Transforms resampled = transforms(List.of(1.0, 1.0, 1.0), Transforms.Crop.NONE, List.of());
    assertThatThrownBy(() -> Sampling.DEFAULT.withTransforms(resampled).kindFor("in", false))
        .hasMessageContaining("spacing");
    assertThatThrownBy(() -> Sampling.of(SampleKind.VOLUME).kindFor("in", false))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("SAMPLE_KIND_MISMATCH"));
  }
}
