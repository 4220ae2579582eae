package dev.sinter.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.dataset.Normalization;
import dev.sinter.dataset.PixelType;
import dev.sinter.dataset.Sample;
import dev.sinter.trainer.engine.Batch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Augmentation beyond flips, rotations and shifts, through the assembler of batches. */
class DistortionTest {
  private static final int SIDE = 16;
  private static final Normalization PLAIN =
      new Normalization(Normalization.Kind.DATASET, List.of(0f), List.of(1f));

  @TempDir Path directory;

  /** Of depth flip, quarter turns, elastic, gamma, noise, cutout, mixup. */
  private static Augmentation only(float... values) {
    float[] v = Arrays.copyOf(values, 7);
    return new Augmentation(0, 0, 0, 0, 1, 1, 0, 0, v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
  }

  private static Sample volume(int label, int depth, int side) {
    byte[] pixels = new byte[depth * side * side];
    new Random(label).nextBytes(pixels);
    byte[] mask = new byte[pixels.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) (pixels[i] < 0 ? 1 : 0);
    }
    return new Sample(
        "v",
        "p",
        "train",
        -1,
        mask,
        pixels,
        PixelType.UINT8,
        1,
        side,
        side,
        0,
        1,
        List.of(),
        "v",
        0,
        "v.nii",
        depth,
        List.of(),
        List.of());
  }

  private <T> T filled(
      List<Sample> samples,
      List<Integer> shape,
      Augmentation augmentation,
      int epoch,
      Function<Batch, T> result) {
    try (SampleCache cache = SampleCache.read(samples.iterator(), 0, directory)) {
      Batch batch = Batch.of(samples.size(), shape, cache.labels());
      SampleOrder order = new SampleOrder(new LanePlan(samples.size(), 1, samples.size()), 3);
      new BatchAssembler(cache, PLAIN, augmentation).fill(order, epoch, 0, 0, batch);
      return result.apply(batch);
    }
  }

  private float[] image(Sample sample, Augmentation augmentation, int epoch) {
    return filled(
        List.of(sample), List.of(1, SIDE, SIDE), augmentation, epoch, DistortionTest::inputs);
  }

  private static List<Float> boxed(float[] values) {
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }

  private static float[] inputs(Batch batch) {
    float[] values = new float[batch.inputs().capacity()];
    batch.inputs().get(0, values);
    return values;
  }

  private static int[] labels(Batch batch) {
    int[] values = new int[batch.labels().capacity()];
    batch.labels().get(0, values);
    return values;
  }

  private static Sample image() {
    return Samples.random(1, SIDE, SIDE).get(0);
  }

  @Test
  void eachChangesSamplesAndDependsOnSeedEpochAndSample() {
    for (int kind = 1; kind < 6; kind++) {
      float[] values = new float[7];
      values[kind] = kind == 2 ? 3 : 0.8f;
      Augmentation augmentation = only(values);
      Set<List<Float>> different = new HashSet<>();
      for (int epoch = 0; epoch < 12; epoch++) {
        float[] first = image(image(), augmentation, epoch);
        assertThat(first).containsExactly(image(image(), augmentation, epoch));
        different.add(boxed(first));
      }
      different.remove(boxed(image(image(), Augmentation.none(), 0)));
      assertThat(different).as("kind %d", kind).hasSizeGreaterThan(2);
    }
  }

  @Test
  void quarterTurnsMovePixelsWhole() {
    float[] plain = image(image(), Augmentation.none(), 0);
    float[] turned = image(image(), only(0, 1), 0);
    float[] sorted = plain.clone();
    Arrays.sort(sorted);
    float[] sortedTurned = turned.clone();
    Arrays.sort(sortedTurned);
    assertThat(sortedTurned).containsExactly(sorted);
    assertThat(turned).isNotEqualTo(plain);
  }

  @Test
  void gammaKeepsTheLeastAndTheLargestAndTheirOrder() {
    byte[] ramp = new byte[SIDE * SIDE];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) i;
    }
    Sample sample = Samples.sample("a", 0, new byte[0], ramp, PixelType.UINT8, 1, SIDE, SIDE);
    float[] changed = image(sample, only(0, 0, 0, 2), 0);
    assertThat(changed[0]).isZero();
    assertThat(changed[255]).isCloseTo(255, Offset.offset(1e-3f));
    for (int i = 1; i < changed.length; i++) {
      assertThat(changed[i]).isGreaterThan(changed[i - 1]);
    }
    assertThat(changed[100]).isNotCloseTo(100, Percentage.withPercentage(1));
  }

  @Test
  void noiseHasNoMeanAndAtMostTheDeviation() {
    float[] plain = image(image(), Augmentation.none(), 0);
    double largest = 0;
    for (int epoch = 0; epoch < 50; epoch++) {
      float[] noisy = image(image(), only(0, 0, 0, 0, 2), epoch);
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < plain.length; i++) {
        double noise = noisy[i] - plain[i];
        sum += noise;
        squares += noise * noise;
      }
      assertThat(sum / plain.length).isCloseTo(0, Offset.offset(0.5));
      largest = Math.max(largest, Math.sqrt(squares / plain.length));
    }
    assertThat(largest).isBetween(1.6, 2.3);
  }

  @Test
  void cutoutErasesABlockOfTheImageAndNothingOfTheMask() {
    byte[] pixels = new byte[SIDE * SIDE];
    Arrays.fill(pixels, (byte) 9);
    byte[] mask = new byte[pixels.length];
    Arrays.fill(mask, (byte) 1);
    Sample sample = Samples.masked(mask, pixels, SIDE, SIDE);
    float[] cut = image(sample, only(0, 0, 0, 0, 0, 0.5f), 0);
    int erased = 0;
    for (float value : cut) {
      assertThat(value).isIn(0f, 9f);
      erased += value == 0 ? 1 : 0;
    }
    assertThat(erased).isBetween(1, SIDE * SIDE / 4);
    assertThat(
            filled(
                List.of(sample),
                List.of(1, SIDE, SIDE),
                only(0, 0, 0, 0, 0, 0.5f),
                0,
                DistortionTest::labels))
        .containsOnly(1);
  }

  /** A bright square and its mask stay together, but for the square's border. */
  @Test
  void elasticMovesTheMaskWithTheImage() {
    byte[] pixels = new byte[SIDE * SIDE];
    byte[] mask = new byte[pixels.length];
    for (int y = 4; y < 12; y++) {
      for (int x = 3; x < 11; x++) {
        pixels[y * SIDE + x] = 1;
        mask[y * SIDE + x] = 1;
      }
    }
    Sample sample = Samples.masked(mask, pixels, SIDE, SIDE);
    int moved = 0;
    for (int epoch = 0; epoch < 30; epoch++) {
      float[] image = image(sample, only(0, 0, 2), epoch);
      int[] classes =
          filled(
              List.of(sample),
              List.of(1, SIDE, SIDE),
              only(0, 0, 2),
              epoch,
              DistortionTest::labels);
      int different = 0;
      for (int i = 0; i < classes.length; i++) {
        different += (image[i] >= 0.5f ? 1 : 0) == classes[i] ? 0 : 1;
        moved += classes[i] == mask[i] ? 0 : 1;
      }
      assertThat(different).isLessThanOrEqualTo(8);
    }
    assertThat(moved).isPositive();
  }

  @Test
  void volumesAreTurnedAndFlippedWholeWithTheirMasks() {
    Sample cube = volume(5, 6, 6);
    float[] plain = cube.values();
    for (Augmentation augmentation :
        List.of(
            only(1), only(0, 1), new Augmentation(1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0))) {
      for (int epoch = 0; epoch < 8; epoch++) {
        List<Integer> shape = List.of(1, 6, 6, 6);
        float[] moved = filled(List.of(cube), shape, augmentation, epoch, DistortionTest::inputs);
        int[] classes = filled(List.of(cube), shape, augmentation, epoch, DistortionTest::labels);
        for (int i = 0; i < moved.length; i++) {
          assertThat(classes[i]).isEqualTo(moved[i] > 127 ? 1 : 0);
        }
        float[] sorted = moved.clone();
        Arrays.sort(sorted);
        float[] expected = plain.clone();
        Arrays.sort(expected);
        assertThat(sorted).containsExactly(expected);
        assertThat(moved).isNotEqualTo(plain);
      }
    }
  }

  @Test
  void sequencesAreFedWithPixelsAsChannels() {
    Sample frames = volume(1, 3, 4);
    Sample labelled =
        new Sample(
            "s",
            "p",
            "train",
            1,
            new byte[0],
            frames.pixels(),
            PixelType.UINT8,
            1,
            4,
            4,
            0,
            1,
            List.of(),
            "s",
            0,
            "s.nii",
            3,
            List.of(),
            List.of());
    float[] fed =
        filled(List.of(labelled), List.of(16, 3), Augmentation.none(), 0, DistortionTest::inputs);
    float[] stored = frames.values();
    for (int pixel = 0; pixel < 16; pixel++) {
      for (int step = 0; step < 3; step++) {
        assertThat(fed[pixel * 3 + step]).isEqualTo(stored[step * 16 + pixel]);
      }
    }
  }

  @Test
  void mixupMixesImagesAndDrawsOneOfTheirClasses() {
    List<Sample> samples = Samples.random(4, SIDE, SIDE);
    Augmentation mixup = only(0, 0, 0, 0, 0, 0, 1);
    List<Integer> shape = List.of(1, SIDE, SIDE);
    float[] plain = filled(samples, shape, Augmentation.none(), 2, DistortionTest::inputs);
    float[] mixed = filled(samples, shape, mixup, 2, DistortionTest::inputs);
    assertThat(mixed).containsExactly(filled(samples, shape, mixup, 2, DistortionTest::inputs));
    assertThat(mixed).isNotEqualTo(filled(samples, shape, mixup, 3, DistortionTest::inputs));
    int length = SIDE * SIDE;
    int[] own = filled(samples, shape, Augmentation.none(), 2, DistortionTest::labels);
    int[] drawn = filled(samples, shape, mixup, 2, DistortionTest::labels);
    for (int sample = 0; sample < 4; sample++) {
      int partner = -1;
      for (int other = 0; other < 4; other++) {
        // mixed = plain + (1 - share) (other - plain), with one share below 1/2 for all pixels
        double share = 0;
        double error = 0;
        for (int i = 0; i < length; i++) {
          double to = plain[other * length + i] - plain[sample * length + i];
          share += (mixed[sample * length + i] - plain[sample * length + i]) * Math.signum(to);
          error += Math.abs(to);
        }
        share /= error;
        double left = 0;
        for (int i = 0; i < length && other != sample; i++) {
          double to = plain[other * length + i] - plain[sample * length + i];
          left += Math.abs(mixed[sample * length + i] - plain[sample * length + i] - share * to);
        }
        if (other != sample && left / length < 1e-3) {
          partner = other;
          assertThat(share).isBetween(0.0, 0.5);
        }
      }
      assertThat(partner).as("sample %d is mixed with another", sample).isNotNegative();
      assertThat(drawn[sample]).isIn(own[sample], own[partner]);
    }
  }

  @Test
  void balancedLanesServeClassesEquallyOften() {
    LanePlan plan = new LanePlan(100, 2, 5);
    SampleOrder order = SampleOrder.balanced(plan, 4, sample -> sample % 10 == 0 ? 1 : 0);
    for (int lane = 0; lane < 2; lane++) {
      LanePlan.Range range = plan.samplesOfLane(lane);
      int[] served = order.order(3, lane);
      assertThat(served).hasSize(50);
      assertThat(Arrays.stream(served).allMatch(s -> s >= range.from() && s < range.to())).isTrue();
      assertThat(Arrays.stream(served).filter(s -> s % 10 == 0).count()).isEqualTo(25);
      assertThat(Arrays.stream(served).filter(s -> s % 10 != 0).distinct().count()).isEqualTo(25);
      assertThat(served)
          .containsExactly(
              SampleOrder.balanced(plan, 4, sample -> sample % 10 == 0 ? 1 : 0).order(3, lane));
    }
  }
}
