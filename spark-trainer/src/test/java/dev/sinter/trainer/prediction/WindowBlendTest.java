package dev.sinter.trainer.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.dataset.PatchGrid;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blended windows against the weighted mean in double precision, voxel by voxel. */
class WindowBlendTest {
  private static final int CLASSES = 3;

  private static PatchGrid grid(
      int depth, int height, int width, int z, int y, int x, double overlap) {
    return new PatchGrid(List.of(depth, height, width), List.of(z, y, x), overlap);
  }

  private static Map<List<Integer>, float[]> answers(PatchGrid grid) {
    Random random = new Random(7);
    Map<List<Integer>, float[]> answers = new HashMap<>();
    List<Integer> size = grid.size();
    for (List<Integer> origin : grid.origins()) {
      float[] values = new float[CLASSES * size.get(0) * size.get(1) * size.get(2)];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextFloat();
      }
      answers.put(origin, values);
    }
    return answers;
  }

  /** (depth, classes, height, width). */
  private static float[] blended(
      PatchGrid grid, List<List<Integer>> order, Map<List<Integer>, float[]> answers) {
    int perSlice = CLASSES * grid.extents().get(1) * grid.extents().get(2);
    float[] result = new float[grid.extents().get(0) * perSlice];
    List<Integer> slices = new ArrayList<>();
    WindowBlend blend =
        new WindowBlend(
            grid,
            CLASSES,
            (slice, values) -> {
              slices.add(slice);
              System.arraycopy(values, 0, result, slice * perSlice, perSlice);
            });
    order.forEach(origin -> blend.add(origin, FloatBuffer.wrap(answers.get(origin)), 0));
    blend.finish();
    assertThat(slices).isSorted().doesNotHaveDuplicates().hasSize(grid.extents().get(0));
    return result;
  }

  /** Weight of a voxel of a window: a Gaussian around its centre, sigma an eighth of each side. */
  private static double weight(List<Integer> size, int... at) {
    double exponent = 0;
    for (int axis = 0; axis < 3; axis++) {
      double distance = at[axis] - (size.get(axis) - 1) / 2.0;
      double sigma = size.get(axis) / 8.0;
      exponent += distance * distance / (2 * sigma * sigma);
    }
    return Math.exp(-exponent);
  }

  private static double[] reference(PatchGrid grid, Map<List<Integer>, float[]> answers) {
    int depth = grid.extents().get(0);
    int height = grid.extents().get(1);
    int width = grid.extents().get(2);
    List<Integer> size = grid.size();
    double[] means = new double[depth * CLASSES * height * width];
    for (int z = 0; z < depth; z++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double[] sums = new double[CLASSES];
          double total = 0;
          for (Map.Entry<List<Integer>, float[]> answer : answers.entrySet()) {
            int u = z - answer.getKey().get(0);
            int v = y - answer.getKey().get(1);
            int w = x - answer.getKey().get(2);
            boolean inside =
                u >= 0 && u < size.get(0) && v >= 0 && v < size.get(1) && w >= 0 && w < size.get(2);
            if (inside) {
              double weight = weight(size, u, v, w);
              total += weight;
              for (int c = 0; c < CLASSES; c++) {
                int at = ((c * size.get(0) + u) * size.get(1) + v) * size.get(2) + w;
                sums[c] += weight * answer.getValue()[at];
              }
            }
          }
          for (int c = 0; c < CLASSES; c++) {
            means[((z * CLASSES + c) * height + y) * width + x] = sums[c] / total;
          }
        }
      }
    }
    return means;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 37, 50, 1, 16, 16, 0.5",
    "1, 40, 16, 1, 16, 16, 0",
    "1, 41, 60, 1, 16, 24, 0.75",
    "23, 20, 17, 8, 8, 8, 0.5",
    "9, 8, 21, 8, 8, 8, 0.25",
  })
  void isTheWeightedMeanOfWindows(
      int depth, int height, int width, int z, int y, int x, double overlap) {
    PatchGrid grid = grid(depth, height, width, z, y, x, overlap);
    Map<List<Integer>, float[]> answers = answers(grid);
    assertThat(grid.origins().size()).isGreaterThan(1);
    float[] result = blended(grid, grid.origins(), answers);
    double[] expected = reference(grid, answers);
    for (int i = 0; i < result.length; i++) {
      assertThat((double) result[i]).as("value %d", i).isCloseTo(expected[i], within(2e-6));
    }
  }

  @Test
  void theOrderOfWindowsDoesNotChangeABit() {
    PatchGrid grid = grid(20, 29, 31, 8, 8, 8, 0.6);
    Map<List<Integer>, float[]> answers = answers(grid);
    float[] inOrder = blended(grid, grid.origins(), answers);
    for (int seed = 0; seed < 5; seed++) {
      List<List<Integer>> shuffled = new ArrayList<>(grid.origins());
      Collections.shuffle(shuffled, new Random(seed));
      shuffled.sort(Comparator.comparing(origin -> origin.get(0)));
      assertThat(shuffled).isNotEqualTo(grid.origins());
      assertThat(blended(grid, shuffled, answers)).isEqualTo(inOrder);
    }
  }

  @Test
  void aWindowThatCoversEverythingIsTakenAsItIs() {
    PatchGrid grid = grid(3, 5, 7, 3, 5, 7, 0.5);
    Map<List<Integer>, float[]> answers = answers(grid);
    float[] result = blended(grid, grid.origins(), answers);
    float[] answer = answers.get(List.of(0, 0, 0));
    for (int c = 0; c < CLASSES; c++) {
      for (int z = 0; z < 3; z++) {
        for (int i = 0; i < 35; i++) {
          assertThat(result[(z * CLASSES + c) * 35 + i]).isEqualTo(answer[(c * 3 + z) * 35 + i]);
        }
      }
    }
  }
}
