package dev.sinter.trainer.report;

import java.util.Arrays;
import java.util.List;

/**
 * Lines over epochs as SVG for a page of somebody else's: every style is in its element, and every
 * line is one {@code polyline}. A value that is not finite is left out.
 *
 * @param title above the chart
 * @param lines any number
 */
public record PolylineChart(String title, List<Line> lines) {
  private static final String[] COLORS = {
    "#0b6aa8", "#c8560a", "#009e73", "#cc79a7", "#8a97a3", "#b59a00"
  };
  private static final String FONT = "font:12px system-ui,sans-serif";
  private static final int WIDTH = 560;
  private static final int LEFT = 56;
  private static final int TOP = 32;
  private static final int PLOT = 190;
  private static final int BOTTOM = TOP + PLOT;
  private static final int LEGEND_LINE = 18;

  /** Copies the list. */
  public PolylineChart {
    lines = List.copyOf(lines);
  }

  /**
   * One line.
   *
   * @param name in the legend
   * @param values of epochs 1, 2, ...
   */
  public record Line(String name, double[] values) {}

  /** The drawing, one {@code svg} element. */
  public String svg() {
    MarkupWriter out = new MarkupWriter();
    int height = BOTTOM + 40 + LEGEND_LINE * lines.size();
    String size = "0 0 " + WIDTH + " " + height;
    String style = FONT + ";max-width:" + WIDTH + "px;width:100%";
    out.open("svg", "xmlns", "http://www.w3.org/2000/svg", "viewBox", size, "style", style);
    out.element("title", title);
    text(out, title, 0, 14, "start", "#1b2025;font-weight:600;font-size:14px");
    double[] range = range();
    if (range.length == 0) {
      text(out, "not measured", LEFT, TOP + 20, "start", "#5d6873");
    } else {
      Ticks ticks = Ticks.enclosing(range[0], range[1], 4);
      writeAxes(out, ticks);
      for (int i = 0; i < lines.size(); i++) {
        writeLine(out, lines.get(i), color(i), ticks);
      }
    }
    for (int i = 0; i < lines.size(); i++) {
      writeLegend(out, i);
    }
    out.close("svg");
    return out.finish();
  }

  private void writeAxes(MarkupWriter out, Ticks vertical) {
    for (int i = 0; i < vertical.count(); i++) {
      double y = y(vertical.value(i), vertical);
      String color = i == 0 ? "#a9b2ba" : "#e2e6e9";
      out.empty("path", "d", "M" + LEFT + " " + at(y) + "H" + WIDTH, "stroke", color);
      text(out, vertical.label(i), LEFT - 8, y + 4, "end", "#5d6873");
    }
    Ticks horizontal = Ticks.wholeWithin(1, epochs(), 8);
    for (int i = 0; i < horizontal.count(); i++) {
      double x = x(horizontal.value(i));
      text(out, horizontal.label(i), x, BOTTOM + 16, "middle", "#5d6873");
    }
    text(out, "epoch", 0, BOTTOM + 16, "start", "#5d6873");
  }

  private void writeLine(MarkupWriter out, Line line, String color, Ticks vertical) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < line.values().length; i++) {
      if (Double.isFinite(line.values()[i])) {
        points.append(points.length() == 0 ? "" : " ");
        points.append(at(x(i + 1))).append(',').append(at(y(line.values()[i], vertical)));
      }
    }
    out.empty(
        "polyline",
        "points",
        points.toString(),
        "style",
        "fill:none;stroke-width:2;stroke-linejoin:round;stroke:" + color);
  }

  private void writeLegend(MarkupWriter out, int index) {
    double y = BOTTOM + 38 + LEGEND_LINE * index;
    String line = "M" + LEFT + " " + at(y - 4) + "h18";
    out.empty("path", "d", line, "style", "stroke-width:2;stroke:" + color(index));
    text(out, lines.get(index).name(), LEFT + 26, y, "start", "#1b2025");
  }

  private static void text(
      MarkupWriter out, String text, double x, double y, String anchor, String fill) {
    out.element(
        "text", text, "x", at(x), "y", at(y), "text-anchor", anchor, "style", "fill:" + fill);
  }

  /** Smallest and largest value; empty without any. */
  private double[] range() {
    double[] values =
        lines.stream()
            .flatMapToDouble(line -> Arrays.stream(line.values()))
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    return values.length == 0 ? values : new double[] {values[0], values[values.length - 1]};
  }

  private int epochs() {
    return lines.stream().mapToInt(line -> line.values().length).max().orElse(1);
  }

  private double x(double epoch) {
    int span = epochs() - 1;
    double inner = WIDTH - LEFT - 24.0;
    return LEFT + 12 + (span == 0 ? inner / 2 : inner * (epoch - 1) / span);
  }

  private static double y(double value, Ticks vertical) {
    double share = (value - vertical.min()) / (vertical.max() - vertical.min());
    return BOTTOM - share * PLOT;
  }

  private static String color(int index) {
    return COLORS[index % COLORS.length];
  }

  private static String at(double value) {
    return Numbers.coordinate(value);
  }
}
