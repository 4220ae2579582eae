package dev.sinter.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TicksTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0       | 1.7    | 0 0.5 1.0 1.5 2.0",
        "0       | 1      | 0 0.25 0.50 0.75 1.00",
        "0.83    | 0.97   | 0.80 0.85 0.90 0.95 1.00",
        "0       | 0.0001 | 0 2.5e-5 5e-5 7.5e-5 1e-4",
        "140     | 191    | 140 160 180 200",
        "0       | 5200   | 0 2,000 4,000 6,000",
        "-3      | 3      | -4 -2 0 2 4",
        "2       | 2      | 1.8 1.9 2.0 2.1 2.2",
        "0       | 0      | -0.50 -0.25 0 0.25 0.50"
      })
  void enclosesTheRangeWithRoundNumbers(double min, double max, String expected) {
    assertThat(labels(Ticks.enclosing(min, max, 4))).isEqualTo(List.of(expected.split(" ")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | 1 | 1",
        "1 | 4 | 1 2 3 4",
        "1 | 12 | 2 4 6 8 10 12",
        "3 | 100 | 20 40 60 80 100"
      })
  void marksWholeEpochs(int min, int max, String expected) {
    assertThat(labels(Ticks.wholeWithin(min, max, 8))).isEqualTo(List.of(expected.split(" ")));
  }

  @Test
  void numbersReadTheSameEverywhere() {
    assertThat(Numbers.percent(0.9694)).isEqualTo("96.9%");
    assertThat(Numbers.percent(Double.NaN)).isEqualTo(Numbers.MISSING);
    assertThat(Numbers.grouped(11_172_810)).isEqualTo("11,172,810");
    assertThat(Numbers.bytes(44_691_240)).isEqualTo("44.7 MB");
    assertThat(Numbers.bytes(999)).isEqualTo("999 B");
    assertThat(Numbers.bytes(999_999)).isEqualTo("1.00 MB");
    assertThat(Numbers.duration(0.0041)).isEqualTo("4.10 ms");
    assertThat(Numbers.duration(59.97)).isEqualTo("1 min 00 s");
    assertThat(Numbers.duration(3 * 3600 + 299)).isEqualTo("3 h 05 min");
    assertThat(Numbers.coordinate(-0.001)).isEqualTo("0");
    assertThat(Numbers.coordinate(100)).isEqualTo("100");
  }

  @Test
  void aGapStaysAGap() {
    MarkupWriter out = new MarkupWriter();
    double[] values = {1, Double.NaN, 2, 3};
    LineChart.Series line = new LineChart.Series("loss", 0, values);
    new LineChart("Loss", new int[] {1, 2, 3, 4}, List.of(line), 3, "best").write(out);
    String svg = out.finish();
    String path = svg.replaceAll("(?s).*class=\"line c0\" d=\"([^\"]*)\".*", "$1");
    assertThat(path).matches("M[\\d. ]+M[\\d. ]+L[\\d. ]+");
    assertThat(svg.split("<circle", -1)).hasSize(4);
  }

  private static List<String> labels(Ticks ticks) {
    return IntStream.range(0, ticks.count()).mapToObj(ticks::label).toList();
  }
}
