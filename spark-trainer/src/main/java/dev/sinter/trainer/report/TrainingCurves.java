package dev.sinter.trainer.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The learning curves of a run: part of the report, and a drawing of their own. */
public final class TrainingCurves {
  private static final int GAP = 28;

  private TrainingCurves() {}

  /** Writes a self-contained SVG file; the stream stays open. */
  public static void writeSvg(LearningCurves curves, OutputStream out) throws IOException {
    List<LineChart> charts = charts(curves);
    int columns = Math.min(2, charts.size());
    int rows = (charts.size() + 1) / 2;
    int width = columns * (LineChart.WIDTH + GAP) + GAP;
    int height = rows * (LineChart.HEIGHT + GAP) + GAP;
    String size = "0 0 " + Math.max(width, GAP) + " " + height;
    MarkupWriter svg = new MarkupWriter();
    svg.open("svg", "xmlns", "http://www.w3.org/2000/svg", "viewBox", size, "class", "page");
    svg.open("style").raw("\n" + StyleSheets.CHARTS).close("style");
    for (int i = 0; i < charts.size(); i++) {
      int x = GAP + i % 2 * (LineChart.WIDTH + GAP);
      int y = GAP + i / 2 * (LineChart.HEIGHT + GAP);
      svg.open("g", "class", "chart", "transform", "translate(" + x + " " + y + ")");
      charts.get(i).draw(svg);
      svg.close("g");
    }
    svg.close("svg");
    out.write(svg.finish().getBytes(StandardCharsets.UTF_8));
  }

  /** Loss, validation metric, learning rate and throughput; none for a run without epochs. */
  static List<LineChart> charts(LearningCurves curves) {
    if (curves.epochs().isEmpty()) {
      return List.of();
    }
    int[] epochs = curves.epochs().stream().mapToInt(EpochPoint::epoch).toArray();
    int best = curves.bestEpoch();
    double bestMetric =
        curves.epochs().stream()
            .filter(point -> point.epoch() == best)
            .mapToDouble(EpochPoint::validationMetric)
            .findFirst()
            .orElse(Double.NaN);
    String mark = "best " + Numbers.decimal(bestMetric, 3) + ", epoch " + best;
    return List.of(
        new LineChart(
            "Loss",
            epochs,
            List.of(
                series("training", 0, curves, EpochPoint::trainLoss),
                series("validation", 1, curves, EpochPoint::validationLoss)),
            best,
            ""),
        new LineChart(
            "Validation " + curves.metric(),
            epochs,
            List.of(series(curves.metric(), 1, curves, EpochPoint::validationMetric)),
            best,
            mark),
        single("Learning rate", epochs, curves, EpochPoint::learningRate),
        single("Images per second", epochs, curves, EpochPoint::imagesPerSecond));
  }

  private static LineChart single(
      String title, int[] epochs, LearningCurves curves, ToDoubleFunction<EpochPoint> value) {
    return new LineChart(
        title,
        epochs,
        List.of(series(title, 0, curves, value)),
        curves.epochs().get(0).epoch() - 1,
        "");
  }

  private static LineChart.Series series(
      String name, int color, LearningCurves curves, ToDoubleFunction<EpochPoint> value) {
    return new LineChart.Series(name, color, curves.epochs().stream().mapToDouble(value).toArray());
  }
}
