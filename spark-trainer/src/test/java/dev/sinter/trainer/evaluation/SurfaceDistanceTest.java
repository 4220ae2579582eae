package dev.sinter.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SurfaceDistanceTest {
  @Test
  void measuresAShiftedPointInMillimetres() {
    byte[] truth = new byte[12];
    byte[] prediction = new byte[12];
    truth[0] = 1;
    prediction[11] = 1;
    // 2 rows of 2 mm and 3 columns of 1 mm.
    double distance =
        new SurfaceDistance(1, 3, 4, new double[] {9, 2, 1}).percentile95(truth, prediction, 1);
    assertThat(distance).isEqualTo(5);
  }

  @Property(tries = 150)
  void agreesWithBruteForce(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 5) int depth,
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width) {
    Random random = new Random(seed);
    double[] spacing = {0.5 + 3 * random.nextDouble(), 0.7, 0.5 + random.nextDouble()};
    byte[] truth = new byte[depth * height * width];
    byte[] prediction = new byte[truth.length];
    double density = random.nextDouble();
    for (int i = 0; i < truth.length; i++) {
      truth[i] = (byte) (random.nextDouble() < density ? 1 : 0);
      prediction[i] = (byte) (random.nextDouble() < density ? 1 : 2);
    }
    truth[random.nextInt(truth.length)] = 1;
    prediction[random.nextInt(truth.length)] = 1;
    double expected =
        Math.max(
            directed(truth, prediction, depth, height, width, spacing),
            directed(prediction, truth, depth, height, width, spacing));
    assertThat(
            new SurfaceDistance(depth, height, width, spacing).percentile95(truth, prediction, 1))
        .isCloseTo(expected, within(1e-9));
  }

  private static double directed(
      byte[] from, byte[] to, int depth, int height, int width, double[] spacing) {
    List<double[]> sources = surface(from, depth, height, width, spacing);
    List<double[]> targets = surface(to, depth, height, width, spacing);
    List<Double> distances = new ArrayList<>();
    for (double[] a : sources) {
      double least = Double.POSITIVE_INFINITY;
      for (double[] b : targets) {
        double dz = a[0] - b[0];
        double dy = a[1] - b[1];
        double dx = a[2] - b[2];
        least = Math.min(least, Math.sqrt(dz * dz + dy * dy + dx * dx));
      }
      distances.add(least);
    }
    Collections.sort(distances);
    double rank = 0.95 * (distances.size() - 1);
    double below = distances.get((int) Math.floor(rank));
    double above = distances.get((int) Math.ceil(rank));
    return below + (rank - Math.floor(rank)) * (above - below);
  }

  private static List<double[]> surface(
      byte[] volume, int depth, int height, int width, double[] spacing) {
    List<double[]> points = new ArrayList<>();
    for (int z = 0; z < depth; z++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          boolean inner =
              (depth == 1
                      || (is(volume, z - 1, y, x, depth, height, width)
                          && is(volume, z + 1, y, x, depth, height, width)))
                  && is(volume, z, y - 1, x, depth, height, width)
                  && is(volume, z, y + 1, x, depth, height, width)
                  && is(volume, z, y, x - 1, depth, height, width)
                  && is(volume, z, y, x + 1, depth, height, width);
          if (is(volume, z, y, x, depth, height, width) && !inner) {
            points.add(new double[] {z * spacing[0], y * spacing[1], x * spacing[2]});
          }
        }
      }
    }
    return points;
  }

  private static boolean is(byte[] volume, int z, int y, int x, int depth, int height, int width) {
    return z >= 0
        && z < depth
        && y >= 0
        && y < height
        && x >= 0
        && x < width
        && volume[(z * height + y) * width + x] == 1;
  }
}
