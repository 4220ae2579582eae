package dev.sinter.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NotebookDrawingsTest {
  private static final double[] FALLING = {2, 1, 0.5};

  @Test
  void everyLineIsOnePolylineWithinDrawing() {
    String svg =
        new PolylineChart(
                "Loss",
                List.of(
                    new PolylineChart.Line("training", FALLING),
                    new PolylineChart.Line("a < b", new double[] {1, Double.NaN, 2})))
            .svg();

    assertThat(svg).startsWith("<svg ").contains("<title>Loss</title>", "a &lt; b");
    assertThat(svg.split("<polyline ", -1)).hasSize(3);
    assertThat(svg)
        .contains("points=\"68,32 308,158.67 548,222\"") // 2, 1 and 0.5 on an axis from 0.5 to 2
        .contains("points=\"68,158.67 548,32\"");
    assertThat(svg).doesNotContain("class=", "<style", "NaN");
  }

  @Test
  void lineWithoutValuesIsNotMeasured() {
    PolylineChart.Line nothing = new PolylineChart.Line("validation", new double[] {Double.NaN});

    assertThat(new PolylineChart("Loss", List.of(nothing)).svg())
        .contains("not measured")
        .doesNotContain("<polyline");
  }

  @Test
  void oneEpochIsInTheMiddle() {
    PolylineChart.Line one = new PolylineChart.Line("training", new double[] {1});

    assertThat(new PolylineChart("Loss", List.of(one)).svg()).contains("points=\"308,");
  }

  @Test
  void countsAreShadedByShareOfRow() {
    String html =
        new CountTable(List.of("cat", "d&g"), List.of(List.of(3L, 1L), List.of(0L, 1000L))).html();

    assertThat(html)
        .contains("d&amp;g", ">3<", ">1,000<")
        .contains("rgba(11,106,168,0.78)") // 3 of 4, right
        .contains("rgba(200,86,10,0.34)") // 1 of 4, wrong
        .doesNotContain("class=", "<style");
  }
}
