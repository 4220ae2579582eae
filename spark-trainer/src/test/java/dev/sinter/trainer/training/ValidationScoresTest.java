package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.trainer.training.ValidationScores.Part;
import dev.sinter.trainer.training.ValidationScores.Summary;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValidationScoresTest {
  @Test
  void accuracyAndCrossEntropy() {
    FloatBuffer probabilities =
        FloatBuffer.wrap(new float[] {0.5f, 0.25f, 0.25f, 0.125f, 0.5f, 0.375f});
    double[] right = ValidationScores.ofClassification(probabilities, 0, 3, 0);
    double[] wrong = ValidationScores.ofClassification(probabilities, 3, 3, 0);
    assertThat(right).containsExactly(Math.log(2), 1);
    assertThat(wrong).containsExactly(Math.log(8), 0);

    Summary summary =
        ValidationScores.combine(
            List.of(new Part(0, List.of(), List.of(right, wrong))), "cross-entropy");
    assertThat(summary.loss()).isCloseTo((Math.log(2) + Math.log(8)) / 2, within(1e-12));
    assertThat(summary.metric()).isEqualTo(0.5);
  }

  @Test
  void aProbabilityOfZeroStaysFinite() {
    double[] row = ValidationScores.ofClassification(FloatBuffer.wrap(new float[] {1, 0}), 0, 2, 1);
    assertThat(row[0]).isCloseTo(12 * Math.log(10), within(1e-9));
  }

  /** Two classes, four pixels; background first, then foreground. */
  private static double[] slice(float[] foreground, int... truth) {
    float[] probabilities = new float[8];
    for (int i = 0; i < 4; i++) {
      probabilities[i] = 1 - foreground[i];
      probabilities[4 + i] = foreground[i];
    }
    return ValidationScores.ofSegmentation(
        FloatBuffer.wrap(probabilities), IntBuffer.wrap(truth), 0, 2, 4);
  }

  @Test
  void countsAndSoftSumsOfASlice() {
    double[] row = slice(new float[] {0.75f, 0.75f, 0.25f, 0.25f}, 1, 0, 1, 0);
    double crossEntropy = -(Math.log(0.75) + Math.log(0.25)) / 2;
    assertThat(row[0]).isCloseTo(crossEntropy, within(1e-12));
    // soft p*y, p, y; then true positives, predicted, true pixels
    assertThat(row).endsWith(1.0, 2.0, 2.0, 1.0, 2.0, 2.0).hasSize(7);
  }

  @Test
  void diceIsPerVolumeAndItsLossOverAll() {
    double[] perfect = slice(new float[] {1, 1, 0, 0}, 1, 1, 0, 0);
    double[] missed = slice(new float[] {0, 0, 0, 0.75f}, 1, 1, 0, 0);
    double[] empty = slice(new float[] {0, 0, 0, 0}, 0, 0, 0, 0);

    Summary one =
        ValidationScores.combine(
            List.of(new Part(0, List.of("a", "a"), List.of(perfect, missed))), "cross-entropy");
    assertThat(one.metric()).isCloseTo(2.0 * 2 / (3 + 4), within(1e-12));

    Summary two =
        ValidationScores.combine(
            List.of(new Part(0, List.of("a", "b", "c"), List.of(perfect, missed, empty))),
            "dice-cross-entropy");
    assertThat(two.metric()).as("a volume without the class is left out").isEqualTo(0.5);
    double softDice = (2 * 2.0 + 1e-5) / (2.75 + 4 + 1e-5);
    double crossEntropy = (perfect[0] + missed[0] + empty[0]) / 3;
    assertThat(two.loss()).isCloseTo(crossEntropy + 1 - softDice, within(1e-9));
  }

  @Test
  void doesNotDependOnTheDivisionIntoParts() {
    double[] a = slice(new float[] {0.9f, 0.1f, 0.2f, 0.3f}, 1, 0, 1, 0);
    double[] b = slice(new float[] {0.3f, 0.6f, 0.7f, 0.1f}, 1, 1, 1, 0);
    double[] c = slice(new float[] {0.2f, 0.8f, 0.1f, 0.6f}, 0, 1, 0, 1);
    Part whole = new Part(0, List.of("x", "x", "y"), List.of(a, b, c));
    Part first = new Part(0, List.of("x"), List.of(a));
    Part second = new Part(1, List.of("x", "y"), List.of(b, c));
    assertThat(ValidationScores.combine(List.of(second, first), "dice-cross-entropy"))
        .isEqualTo(ValidationScores.combine(List.of(whole), "dice-cross-entropy"));
  }

  @Test
  void withoutSamplesNothingIsKnown() {
    Summary none =
        ValidationScores.combine(List.of(new Part(0, List.of(), List.of())), "cross-entropy");
    assertThat(none.loss()).isNaN();
    assertThat(none.metric()).isNaN();
  }
}
