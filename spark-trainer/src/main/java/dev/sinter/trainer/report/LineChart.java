package dev.sinter.trainer.report;

import java.util.List;

/**
 * A line chart over epochs, as SVG. A value that is not finite leaves a gap.
 *
 * @param title above the chart
 * @param epochs positions along the axis, ascending
 * @param series lines, one value per epoch each
 * @param bestEpoch epoch to mark; one that is not shown marks nothing
 * @param bestLabel words at the mark; may be empty
 */
record LineChart(String title, int[] epochs, List<Series> series, int bestEpoch, String bestLabel) {
  static final int WIDTH = 520;
  static final int HEIGHT = 250;

  private static final int LEFT = 56;
  private static final int RIGHT = WIDTH - 12;
  private static final int TOP = 40;
  private static final int BOTTOM = HEIGHT - 34;
  private static final int MAX_DOTS = 40;
  private static final double CHARACTER_WIDTH = 6.4;

  /**
   * One line.
   *
   * @param name in the legend
   * @param color number of the style, {@code 0} or {@code 1}
   * @param values one per epoch
   */
  record Series(String name, int color, double[] values) {}

  void write(MarkupWriter out) {
    out.open("svg", "viewBox", "0 0 " + WIDTH + " " + HEIGHT, "role", "img", "aria-label", title);
    out.open("g", "class", "chart");
    draw(out);
    out.close("g");
    out.close("svg");
  }

  /** Draws into a drawing that is already open. */
  void draw(MarkupWriter out) {
    out.element("text", title, "class", "chart-title", "x", "0", "y", "15");
    if (series.size() > 1) {
      writeLegend(out);
    }
    double[] range = range();
    if (range.length == 0) {
      out.element("text", "not measured", "class", "tick", "x", "0", "y", "44");
      return;
    }
    Ticks vertical = Ticks.enclosing(range[0], range[1], 4);
    writeAxes(out, vertical);
    writeBest(out);
    for (Series line : series) {
      writeSeries(out, line, vertical);
    }
  }

  private void writeLegend(MarkupWriter out) {
    double x = RIGHT;
    for (int i = series.size() - 1; i >= 0; i--) {
      Series line = series.get(i);
      x -= line.name().length() * CHARACTER_WIDTH;
      out.element("text", line.name(), "class", "legend", "x", at(x), "y", "15");
      x -= 22;
      out.empty("path", "class", "line c" + line.color(), "d", "M" + at(x) + " 11h16");
      x -= 14;
    }
  }

  private void writeAxes(MarkupWriter out, Ticks vertical) {
    for (int i = 0; i < vertical.count(); i++) {
      double y = y(vertical.value(i), vertical);
      out.empty(
          "path", "class", i == 0 ? "axis" : "grid", "d", "M" + LEFT + " " + at(y) + "H" + RIGHT);
      out.element(
          "text", vertical.label(i), "class", "tick end", "x", at(LEFT - 8), "y", at(y + 4));
    }
    Ticks horizontal = Ticks.wholeWithin(epochs[0], epochs[epochs.length - 1], 8);
    for (int i = 0; i < horizontal.count(); i++) {
      double x = x((int) Math.round(horizontal.value(i)));
      out.element(
          "text", horizontal.label(i), "class", "tick mid", "x", at(x), "y", at(BOTTOM + 17));
    }
    out.element("text", "epoch", "class", "tick", "x", at(0), "y", at(BOTTOM + 17));
  }

  private void writeBest(MarkupWriter out) {
    if (indexOfBest() < 0) {
      return;
    }
    double x = x(bestEpoch);
    out.empty("path", "class", "best", "d", "M" + at(x) + " " + TOP + "V" + BOTTOM);
    boolean before = x > (LEFT + RIGHT) / 2.0;
    String side = before ? "tick end" : "tick";
    double labelX = before ? x - 6 : x + 6;
    out.element("text", bestLabel, "class", side, "x", at(labelX), "y", at(TOP - 4));
  }

  private void writeSeries(MarkupWriter out, Series line, Ticks vertical) {
    StringBuilder path = new StringBuilder();
    boolean pen = false;
    for (int i = 0; i < epochs.length; i++) {
      double value = line.values()[i];
      if (Double.isFinite(value)) {
        path.append(pen ? "L" : "M").append(at(x(epochs[i]))).append(' ');
        path.append(at(y(value, vertical)));
      }
      pen = Double.isFinite(value);
    }
    out.empty("path", "class", "line c" + line.color(), "d", path.toString());
    int best = indexOfBest();
    for (int i = 0; i < epochs.length; i++) {
      double value = line.values()[i];
      if (Double.isFinite(value) && (i == best || epochs.length <= MAX_DOTS)) {
        String radius = i == best || epochs.length == 1 ? "4.5" : "2.2";
        String x = at(x(epochs[i]));
        String y = at(y(value, vertical));
        out.empty("circle", "class", "dot c" + line.color(), "cx", x, "cy", y, "r", radius);
      }
    }
  }

  /** Smallest and largest value, from zero where that wastes little; empty without any value. */
  private double[] range() {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (Series line : series) {
      for (double value : line.values()) {
        if (Double.isFinite(value)) {
          min = Math.min(min, value);
          max = Math.max(max, value);
        }
      }
    }
    if (min > max) {
      return new double[0];
    }
    return new double[] {min > 0 && min < 0.4 * max ? 0 : min, max};
  }

  private int indexOfBest() {
    for (int i = 0; i < epochs.length; i++) {
      if (epochs[i] == bestEpoch) {
        return i;
      }
    }
    return -1;
  }

  private double x(int epoch) {
    int span = epochs[epochs.length - 1] - epochs[0];
    double inner = RIGHT - LEFT - 20.0;
    return span == 0 ? (LEFT + RIGHT) / 2.0 : LEFT + 10 + inner * (epoch - epochs[0]) / span;
  }

  private static double y(double value, Ticks vertical) {
    double share = (value - vertical.min()) / (vertical.max() - vertical.min());
    return BOTTOM - share * (BOTTOM - TOP - 6);
  }

  private static String at(double value) {
    return Numbers.coordinate(value);
  }
}
