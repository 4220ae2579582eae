package dev.sinter.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairedBootstrapTest {
  /** The mean of a number per patient. */
  private record Mean(List<String> patients, double... values) implements PatientMeasure {
    @Override
    public double of(int[] times) {
      double sum = 0;
      int drawn = 0;
      for (int p = 0; p < values.length; p++) {
        sum += times[p] * values[p];
        drawn += times[p];
      }
      return sum / drawn;
    }
  }

  private static Mean mean(double... values) {
    return new Mean(
        IntStream.range(0, values.length).mapToObj(i -> String.format("p%04d", i)).toList(),
        values);
  }

  @Test
  void theSameModelsDoNotDiffer() {
    Mean one = mean(0.1, 0.7, 0.4, 0.9);
    PairedBootstrap pair = PairedBootstrap.of(one, one, 0.95, 1);
    assertThat(pair).isEqualTo(new PairedBootstrap(one.ofAll(), one.ofAll(), 0, 0, 2000));
  }

  /** Patients differ much from each other, models by the same for each: pairing tells. */
  @Test
  void whatIsBetterForEveryPatientIsBetterBeyondDoubt() {
    PairedBootstrap pair =
        PairedBootstrap.of(
            mean(0.1, 0.9, 0.4, 0.6, 0.2), mean(0.15, 0.95, 0.45, 0.65, 0.25), 0.95, 1);
    assertThat(pair.difference()).isCloseTo(0.05, within(1e-12));
    assertThat(pair.low()).isCloseTo(0.05, within(1e-12));
    assertThat(pair.high()).isCloseTo(0.05, within(1e-12));
  }

  /** Against the known error of a mean: 1.96 standard deviations over the root of n. */
  @Test
  void theIntervalIsAsWideAsTheoryHasIt() {
    Random random = new Random(3);
    int patients = 400;
    double[] before = new double[patients];
    double[] after = new double[patients];
    double[] differences = new double[patients];
    for (int i = 0; i < patients; i++) {
      before[i] = random.nextDouble();
      differences[i] = 0.02 + 0.1 * random.nextGaussian();
      after[i] = before[i] + differences[i];
    }
    double mean = IntStream.range(0, patients).mapToDouble(i -> differences[i]).average().orElse(0);
    double variance =
        IntStream.range(0, patients)
                .mapToDouble(i -> (differences[i] - mean) * (differences[i] - mean))
                .sum()
            / patients;
    double error = Math.sqrt(variance / patients);
    PairedBootstrap at95 = PairedBootstrap.of(mean(before), mean(after), 0.95, 1);
    assertThat(at95.low()).isCloseTo(mean - 1.96 * error, within(0.15 * error));
    assertThat(at95.high()).isCloseTo(mean + 1.96 * error, within(0.15 * error));
    PairedBootstrap at80 = PairedBootstrap.of(mean(before), mean(after), 0.8, 1);
    assertThat(at80.low()).isCloseTo(mean - 1.2816 * error, within(0.15 * error));
  }

  @Test
  void theSeedDecidesTheDraws() {
    Mean first = mean(0.3, 0.5, 0.2, 0.9, 0.4, 0.1);
    Mean second = mean(0.4, 0.4, 0.6, 0.8, 0.1, 0.3);
    PairedBootstrap once = PairedBootstrap.of(first, second, 0.95, 7);
    assertThat(PairedBootstrap.of(first, second, 0.95, 7)).isEqualTo(once);
    assertThat(PairedBootstrap.of(first, second, 0.95, 8)).isNotEqualTo(once);
  }

  @Test
  void drawsWithoutAMeasureAreLeftOut() {
    // Balanced accuracy of one patient per class: many draws lack one, none lacks all.
    List<ScoredImage> images =
        List.of(
            new ScoredImage("a", "p1", 0, new float[] {0.9f, 0.1f}),
            new ScoredImage("b", "p2", 1, new float[] {0.2f, 0.8f}));
    PairedBootstrap areas =
        PairedBootstrap.of(
            ImageMeasures.of(images, 2).get("auroc"),
            ImageMeasures.of(images, 2).get("auroc"),
            0.95,
            1);
    assertThat(areas.draws()).isBetween(900, 1100);
    assertThat(areas.low()).isZero();
  }

  @Test
  void otherPatientsAreRefused() {
    Mean one = mean(0.5, 0.5);
    assertThatThrownBy(
            () -> PairedBootstrap.of(one, new Mean(List.of("p0000", "x"), 1, 1), 0.95, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
