package dev.sinter.trainer.report;

import java.util.List;
import java.util.stream.LongStream;

/**
 * A confusion matrix as an SVG heat map: rows are truth, shades are shares of the row, right and
 * wrong have different hues.
 *
 * @param classes names in label order
 * @param counts rows are truth
 */
record ConfusionMatrixChart(List<String> classes, long[][] counts) {
  /** With more classes than this the chart needs the whole width of a page. */
  static final int MAX_NARROW = 10;

  private static final int NARROW_WIDTH = 560;
  private static final int PAGE_WIDTH = 1000;
  private static final int MIN_SLANTED_CELL = 26;
  private static final double DIGIT_WIDTH = 8.2;
  private static final double SMALL_DIGIT_WIDTH = 6.2;
  private static final int MAX_LABEL = 22;
  private static final double CHARACTER_WIDTH = 7.4;

  void write(MarkupWriter out) {
    int size = classes.size();
    int room = size > MAX_NARROW ? PAGE_WIDTH : NARROW_WIDTH;
    double margin = labelWidth() + 30;
    double cell = Math.max(14, Math.min(70, (room - margin) / Math.max(1, size)));
    double row = Math.min(cell, 50);
    boolean slanted = labelWidth() > cell - 6;
    int angle = !slanted ? 0 : cell < MIN_SLANTED_CELL ? 90 : 38;
    double top = 34 + (slanted ? labelWidth() * Math.sin(Math.toRadians(angle)) : 10);
    double width =
        margin + cell * size + (slanted ? labelWidth() * Math.cos(Math.toRadians(angle)) : 4);
    double height = top + row * size + 4;
    out.open(
        "svg",
        "class",
        "confusion",
        "viewBox",
        "0 0 " + at(width) + " " + at(height),
        "style",
        "max-width:" + at(width) + "px",
        "role",
        "img",
        "aria-label",
        "Confusion matrix");
    out.open("g", "class", "chart");
    out.element(
        "text", "predicted →", "class", "tick end", "x", at(margin - 10), "y", at(top - 26));
    out.element("text", "↓ truth", "class", "tick end", "x", at(margin - 10), "y", at(top - 8));
    for (int i = 0; i < size; i++) {
      double x = margin + cell * (i + 0.5);
      writeColumnName(out, i, x, top - 8, angle);
      double y = top + row * (i + 0.5) + 4;
      out.element("text", name(i), "class", "name end", "x", at(margin - 10), "y", at(y));
      for (int j = 0; j < size; j++) {
        writeCell(out, i, j, margin + cell * j, top + row * i, cell, row);
      }
    }
    out.close("g");
    out.close("svg");
  }

  private void writeColumnName(MarkupWriter out, int index, double x, double y, int angle) {
    if (angle > 0) {
      String turn = "translate(" + at(x + angle / 22.5) + " " + at(y) + ") rotate(-" + angle + ")";
      out.element("text", name(index), "class", "name", "transform", turn);
    } else {
      out.element("text", name(index), "class", "name mid", "x", at(x), "y", at(y));
    }
  }

  private void writeCell(
      MarkupWriter out, int truth, int predicted, double x, double y, double width, double height) {
    long count = counts[truth][predicted];
    long total = LongStream.of(counts[truth]).sum();
    double share = total == 0 ? 0 : (double) count / total;
    out.open("g");
    out.element(
        "title",
        "%s predicted as %s: %s (%s)"
            .formatted(
                classes.get(truth),
                classes.get(predicted),
                Numbers.grouped(count),
                Numbers.percent(share)));
    writeBox(out, "cell", 1, x, y, width, height);
    if (count > 0) {
      String hue = truth == predicted ? "right" : "wrong";
      writeBox(out, hue, 0.12 + 0.88 * share, x, y, width, height);
    }
    writeCount(out, count, share, x + width / 2, y + height / 2, width);
    out.close("g");
  }

  private static void writeBox(
      MarkupWriter out, String style, double opacity, double x, double y, double w, double h) {
    String[] attributes = {
      "class",
      style,
      "x",
      at(x + 1),
      "y",
      at(y + 1),
      "width",
      at(w - 2),
      "height",
      at(h - 2),
      "rx",
      "3",
      "fill-opacity",
      at(opacity)
    };
    out.empty("rect", attributes);
  }

  /** The count, in small digits where it would not fit; none where those would not either. */
  private static void writeCount(
      MarkupWriter out, long count, double share, double x, double y, double width) {
    String ink = count == 0 ? "count none" : share > 0.5 ? "count strong" : "count";
    String text = Numbers.grouped(count);
    if (width >= 44 && text.length() * DIGIT_WIDTH <= width - 4 && count > 0) {
      out.element("text", text, "class", ink, "x", at(x), "y", at(y - 1));
      out.element(
          "text", Numbers.percent(share), "class", ink + " share", "x", at(x), "y", at(y + 13));
    } else if (text.length() * DIGIT_WIDTH <= width - 4) {
      out.element("text", text, "class", ink, "x", at(x), "y", at(y + 4));
    } else if (text.length() * SMALL_DIGIT_WIDTH <= width) {
      out.element("text", text, "class", ink + " share", "x", at(x), "y", at(y + 4));
    }
  }

  private double labelWidth() {
    int longest = classes.stream().mapToInt(String::length).max().orElse(0);
    return Math.min(longest, MAX_LABEL) * CHARACTER_WIDTH;
  }

  private String name(int index) {
    String name = classes.get(index);
    return name.length() <= MAX_LABEL ? name : name.substring(0, MAX_LABEL - 1) + "…";
  }

  private static String at(double value) {
    return Numbers.coordinate(value);
  }
}
