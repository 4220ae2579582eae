package dev.sinter.trainer.report;

import java.util.List;
import java.util.Locale;

/**
 * A confusion matrix as an HTML table for a page of somebody else's: every style is in its element.
 *
 * @param classes names in label order
 * @param counts rows are truth; shades are shares of the row
 */
public record CountTable(List<String> classes, List<List<Long>> counts) {
  private static final String CELL = "padding:6px 10px;text-align:center;border:2px solid #fff;";

  /** Copies the lists. */
  public CountTable {
    classes = List.copyOf(classes);
    counts = counts.stream().map(List::copyOf).toList();
  }

  /** The table, one {@code table} element. */
  public String html() {
    MarkupWriter out = new MarkupWriter();
    out.open("table", "style", "border-collapse:collapse;font:13px system-ui,sans-serif");
    out.open("tr").element("th", "truth \\ model", "style", CELL + "font-weight:400;color:#5d6873");
    classes.forEach(name -> out.element("th", name, "style", CELL));
    out.close("tr");
    for (int truth = 0; truth < classes.size(); truth++) {
      out.open("tr").element("th", classes.get(truth), "style", CELL);
      for (int predicted = 0; predicted < classes.size(); predicted++) {
        writeCell(out, truth, predicted);
      }
      out.close("tr");
    }
    out.close("table");
    return out.finish();
  }

  private void writeCell(MarkupWriter out, int truth, int predicted) {
    long count = counts.get(truth).get(predicted);
    long row = counts.get(truth).stream().mapToLong(Long::longValue).sum();
    double share = row == 0 ? 0 : (double) count / row;
    String hue = truth == predicted ? "11,106,168" : "200,86,10";
    String shade =
        count == 0
            ? "background:#f6f7f8;color:#a9b2ba"
            : String.format(
                Locale.ROOT,
                "background:rgba(%s,%.2f);color:%s",
                hue,
                0.12 + 0.88 * share,
                share > 0.5 ? "#fff" : "#1b2025");
    out.element("td", Numbers.grouped(count), "style", CELL + shade);
  }
}
