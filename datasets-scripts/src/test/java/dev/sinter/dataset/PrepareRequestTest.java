package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrepareRequestTest {
  private static final PrepareRequest DEFAULTS = PrepareRequest.of("in", "out", Task.SEGMENTATION);

  @Test
  void hasTheseDefaults() {
    assertThat(DEFAULTS.withSalt("s"))
        .isEqualTo(
            new PrepareRequest(
                "in",
                "out",
                Task.SEGMENTATION,
                "",
                List.of(),
                new SplitRatios(0.7, 0.15, 0.15, 1),
                0,
                0,
                "",
                2,
                0.1,
                "",
                "s",
                64L << 20,
                Sampling.DEFAULT,
                false,
                CollectionPlan.NONE));
  }

  @Test
  void changesEveryValue() {
    SplitRatios ratios = new SplitRatios(0.5, 0.25, 0.25, 9);
    assertThat(
            DEFAULTS
                .withMasks("masks")
                .withMaskNames(List.of("background", "tumour"))
                .withSplit(ratios)
                .withSize(32, 48)
                .withFit("resize")
                .withSliceAxis(1)
                .withMaxRejected(0.5)
                .withPatientPattern("(p)")
                .withSalt("s")
                .withShardBytes(7)
                .withSampling(Sampling.of(SampleKind.VOLUME))
                .withCollection(
                    new CollectionPlan(ManifestColumns.of("labels.csv"), new Fold(2, 5)))
                .overwriting())
        .isEqualTo(
            new PrepareRequest(
                "in",
                "out",
                Task.SEGMENTATION,
                "masks",
                List.of("background", "tumour"),
                ratios,
                32,
                48,
                "resize",
                1,
                0.5,
                "(p)",
                "s",
                7,
                Sampling.of(SampleKind.VOLUME),
                true,
                new CollectionPlan(ManifestColumns.of("labels.csv"), new Fold(2, 5))));
  }

  @Test
  void showsNoSalt() {
    assertThat(DEFAULTS.withSalt("never shown")).asString().doesNotContain("never shown");
  }

  @Test
  void readsFolds() {
    assertThat(Fold.parse("2/5")).isEqualTo(new Fold(2, 5));
    assertThat(Fold.parse("")).isEqualTo(Fold.NONE);
    for (String wrong : List.of("0/5", "6/5", "1/1", "2", "a/b", "-1/5", "1/1001")) {
      assertThatThrownBy(() -> Fold.parse(wrong))
          .isInstanceOfSatisfying(
              SinterException.class, e -> assertThat(e.code()).isEqualTo("FOLD_INVALID"));
    }
  }

  @Test
  void refusesWhatCannotBe() {
    for (ThrowingCallable wrong :
        List.<ThrowingCallable>of(
            () -> DEFAULTS.withSize(0, 8),
            () -> DEFAULTS.withSize(-1, -1),
            () -> DEFAULTS.withSliceAxis(3),
            () -> DEFAULTS.withMaxRejected(1.1),
            () -> DEFAULTS.withMaxRejected(Double.NaN),
            () -> DEFAULTS.withFit("stretch"),
            () -> DEFAULTS.withShardBytes(0))) {
      assertThatThrownBy(wrong)
          .isInstanceOfSatisfying(
              SinterException.class,
              e -> assertThat(e.code()).isEqualTo("PREPARE_REQUEST_INVALID"));
    }
  }

  @ParameterizedTest
  @CsvSource({"0.7, 0.2, 0.2", "1.2, -0.1, -0.1", "NaN, 0.5, 0.5", "0, 0, 0"})
  void refusesRatiosThatDoNotSumToOne(double train, double val, double test) {
    assertThatThrownBy(() -> new SplitRatios(train, val, test, 1))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("SPLIT_RATIOS_INVALID"));
  }

  @Test
  void theSaltDecidesEveryHash() {
    SourceNames one = new SourceNames("a", List.of());
    SourceNames other = new SourceNames("b", List.of());
    assertThat(one.patient("ann")).isNotEqualTo(other.patient("ann"));
    assertThat(one.hidden("x/y.png", "x")).isNotEqualTo(other.hidden("x/y.png", "x"));
  }
}
