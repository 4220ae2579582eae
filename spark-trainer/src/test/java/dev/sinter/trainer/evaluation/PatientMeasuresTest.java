package dev.sinter.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A measure of a draw is that of a dataset in which patients are as often as they were drawn. */
class PatientMeasuresTest {
  private static final int PATIENTS = 9;
  private static final List<String> NAMES = List.of("a", "b", "c", "d");

  private static List<ScoredImage> images(int classes, Random random) {
    List<ScoredImage> images = new ArrayList<>();
    for (int patient = 0; patient < PATIENTS; patient++) {
      for (int i = 0; i <= patient % 4; i++) {
        float[] probabilities = new float[classes];
        for (int c = 0; c < classes; c++) {
          probabilities[c] = random.nextInt(5) / 4f; // many ties
        }
        images.add(
            new ScoredImage(
                patient + "-" + i, "p" + patient, random.nextInt(classes), probabilities));
      }
    }
    return images;
  }

  private static ClassificationResult copied(List<ScoredImage> images, int classes, int[] times) {
    ClassificationMetrics metrics = new ClassificationMetrics(classes);
    for (ScoredImage image : images) {
      for (int t = 0; t < times[Integer.parseInt(image.patient().substring(1))]; t++) {
        metrics.add(image.truth(), image.probabilities());
      }
    }
    return metrics.result("test", PATIENTS, NAMES.subList(0, classes));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void ofImages(int classes) {
    Random random = new Random(classes);
    List<ScoredImage> images = images(classes, random);
    Map<String, PatientMeasure> measures = ImageMeasures.of(images, classes);
    for (int draw = 0; draw < 50; draw++) {
      int[] times = new int[PATIENTS];
      for (int i = 0; i < PATIENTS; i++) {
        times[random.nextInt(PATIENTS)]++;
      }
      ClassificationResult expected = copied(images, classes, times);
      assertSame(measures.get("accuracy").of(times), expected.accuracy());
      assertSame(measures.get("balanced-accuracy").of(times), expected.balancedAccuracy());
      assertSame(measures.get("auroc").of(times), expected.auroc());
    }
  }

  private static void assertSame(double actual, double expected) {
    if (Double.isNaN(expected)) {
      assertThat(actual).isNaN();
    } else {
      assertThat(actual).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void ofVolumes() {
    Random random = new Random(5);
    Map<String, byte[][]> volumes = new TreeMap<>();
    Map<String, String> patients = new TreeMap<>();
    SegmentationMetrics metrics = new SegmentationMetrics(3);
    for (int v = 0; v < 12; v++) {
      byte[][] masks = {mask(random, v), mask(random, v)};
      volumes.put("v" + v, masks);
      patients.put("v" + v, "p" + v % 5);
      metrics.addSlice("v" + v, masks[0], masks[1]);
    }
    PatientMeasure dice = VolumeMeasures.of(metrics, patients).get("dice");
    assertThat(dice.patients()).containsExactly("p0", "p1", "p2", "p3", "p4");
    int[] times = {2, 0, 1, 3, 0};
    SegmentationMetrics copied = new SegmentationMetrics(3);
    volumes.forEach(
        (name, masks) -> {
          for (int t = 0; t < times[Integer.parseInt(name.substring(1)) % 5]; t++) {
            copied.addSlice(name + " again " + t, masks[0], masks[1]);
          }
        });
    assertThat(dice.of(times))
        .isCloseTo(
            copied.result("test", 5, List.of("none", "a", "b")).dice().meanForeground(),
            within(1e-12));
    assertThat(dice.ofAll())
        .isCloseTo(
            metrics.result("test", 5, List.of("none", "a", "b")).dice().meanForeground(),
            within(1e-12));
  }

  /** Some volumes lack class 2 in truth and prediction. */
  private static byte[] mask(Random random, int volume) {
    byte[] mask = new byte[16];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) random.nextInt(volume % 3 == 0 ? 2 : 3);
    }
    return mask;
  }
}
