package dev.sinter.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.error.SinterException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ClassificationMetricsTest {
  @Test
  void agreesWithAnExampleByHand() {
    ClassificationMetrics metrics = new ClassificationMetrics(3);
    metrics.add(0, 0.8f, 0.1f, 0.1f);
    metrics.add(0, 0.3f, 0.6f, 0.1f);
    metrics.add(0, 0.5f, 0.4f, 0.1f);
    metrics.add(1, 0.2f, 0.7f, 0.1f);
    ClassificationResult result = metrics.result("test", 2, List.of("a", "b", "c"));

    assertThat(result.task()).isEqualTo("classification");
    assertThat(result.samples()).isEqualTo(4);
    assertThat(result.patients()).isEqualTo(2);
    assertThat(result.accuracy()).isEqualTo(0.75);
    assertThat(result.balancedAccuracy()).isCloseTo((2 / 3.0 + 1) / 2, within(1e-12));
    assertThat(result.confusionMatrix())
        .containsExactly(List.of(2L, 1L, 0L), List.of(0L, 1L, 0L), List.of(0L, 0L, 0L));
    // Class 0: 0.8, 0.3, 0.5 all above 0.2; class 1: 0.7 above all; class 2 is absent.
    assertThat(result.auroc()).isEqualTo(1);
    ClassificationResult.ClassResult b = result.perClass().get(1);
    assertThat(b.sensitivity()).isEqualTo(1);
    assertThat(b.specificity()).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(b.precision()).isEqualTo(0.5);
    assertThat(b.f1()).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(result.perClass().get(2).auroc()).isNaN();
  }

  @Property(tries = 100)
  void agreesWithCountingPairs(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 5) int classes,
      @ForAll @IntRange(min = 1, max = 120) int samples,
      @ForAll @IntRange(max = 120) int cut) {
    Random random = new Random(seed);
    ClassificationMetrics all = new ClassificationMetrics(classes);
    ClassificationMetrics first = new ClassificationMetrics(classes);
    ClassificationMetrics second = new ClassificationMetrics(classes);
    int[] truths = new int[samples];
    float[][] predicted = new float[samples][classes];
    for (int i = 0; i < samples; i++) {
      truths[i] = random.nextInt(classes);
      for (int c = 0; c < classes; c++) {
        // Few levels, so that there are many ties; signed, since ranks need no probabilities.
        predicted[i][c] = (random.nextInt(9) - 4) / 8f;
      }
      all.add(truths[i], predicted[i]);
      (i < cut ? first : second).add(truths[i], predicted[i]);
    }
    double sum = 0;
    int defined = 0;
    for (int c = 0; c < classes; c++) {
      int positive = classes == 2 ? 1 : c;
      double expected = pairs(truths, predicted, positive);
      assertThat(all.auroc(c)).isEqualTo(expected, within(1e-12));
      if (!Double.isNaN(expected)) {
        sum += expected;
        defined++;
      }
    }
    List<String> names = List.of("a", "b", "c", "d", "e").subList(0, classes);
    ClassificationResult result = all.result("test", 1, names);
    if (defined > 0) {
      assertThat(result.auroc()).isCloseTo(sum / defined, within(1e-12));
    }
    assertThat(second.merge(first).result("test", 1, names)).isEqualTo(result);
  }

  @Test
  void refusesLabelsAndProbabilitiesThatMakeNoSense() {
    ClassificationMetrics metrics = new ClassificationMetrics(2);
    assertThatThrownBy(() -> metrics.add(2, 0.5f, 0.5f))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("class 2");
    assertThatThrownBy(() -> metrics.add(0, Float.NaN, 0.5f))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("NaN");
    assertThat(metrics.samples()).isZero();
  }

  private static double pairs(int[] truths, float[][] predicted, int positive) {
    double won = 0;
    long count = 0;
    for (int i = 0; i < truths.length; i++) {
      for (int j = 0; j < truths.length; j++) {
        if (truths[i] == positive && truths[j] != positive) {
          won += (1 + Math.signum(predicted[i][positive] - predicted[j][positive])) / 2.0;
          count++;
        }
      }
    }
    return count == 0 ? Double.NaN : won / count;
  }
}
