package dev.sinter.trainer.report;

import java.util.Arrays;

/**
 * The distribution of a score between 0 and 1 as stacked dots, with its median.
 *
 * @param label what one dot is
 * @param values scores; those that are not finite are left out
 */
record DotPlot(String label, double[] values) {
  private static final int WIDTH = 520;
  private static final int LEFT = 24;
  private static final int RIGHT = WIDTH - 24;
  private static final double RADIUS = 5;

  void write(MarkupWriter out) {
    double[] sorted = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
    if (sorted.length == 0) {
      return;
    }
    Ticks ticks = Ticks.enclosing(sorted[0], sorted[sorted.length - 1], 6);
    int bins = (int) ((RIGHT - LEFT) / (2 * RADIUS + 1));
    int[] heights = new int[bins + 1];
    int[] bin = new int[sorted.length];
    for (int i = 0; i < sorted.length; i++) {
      bin[i] = (int) Math.round((x(sorted[i], ticks) - LEFT) / (RIGHT - LEFT) * bins);
      heights[bin[i]]++;
    }
    int tallest = Arrays.stream(heights).max().orElse(1);
    double pitch = Math.min(2 * RADIUS + 1, 120.0 / tallest);
    double base = 50 + tallest * pitch;
    String size = "0 0 " + WIDTH + " " + at(base + 26);
    out.open("svg", "viewBox", size, "role", "img", "aria-label", "Dice per " + label);
    out.open("g", "class", "chart");
    out.element("text", "Dice per " + label, "class", "chart-title", "x", "0", "y", "15");
    writeAxis(out, ticks, base);
    double median = median(sorted);
    double x = x(median, ticks);
    out.empty("path", "class", "best", "d", "M" + at(x) + " 32V" + at(base));
    String side = x > WIDTH / 2.0 ? "tick end" : "tick";
    out.element(
        "text",
        "median " + Numbers.decimal(median, 3),
        "class",
        side,
        "x",
        at(x > WIDTH / 2.0 ? x - 6 : x + 6),
        "y",
        "36");
    int[] stacked = new int[bins + 1];
    for (int i = 0; i < sorted.length; i++) {
      double cx = LEFT + (double) bin[i] / bins * (RIGHT - LEFT);
      double cy = base - RADIUS - 2 - stacked[bin[i]]++ * pitch;
      out.empty("circle", "class", "dot c0", "cx", at(cx), "cy", at(cy), "r", at(RADIUS));
    }
    out.close("g");
    out.close("svg");
  }

  static double median(double[] sorted) {
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  private static void writeAxis(MarkupWriter out, Ticks ticks, double base) {
    out.empty("path", "class", "axis", "d", "M" + LEFT + " " + at(base) + "H" + RIGHT);
    for (int i = 0; i < ticks.count(); i++) {
      String x = at(x(ticks.value(i), ticks));
      out.empty("path", "class", "axis", "d", "M" + x + " " + at(base) + "v4");
      out.element("text", ticks.label(i), "class", "tick mid", "x", x, "y", at(base + 18));
    }
  }

  private static double x(double value, Ticks ticks) {
    return LEFT + (value - ticks.min()) / (ticks.max() - ticks.min()) * (RIGHT - LEFT);
  }

  private static String at(double value) {
    return Numbers.coordinate(value);
  }
}
