package dev.sinter.trainer.report;

import java.util.ArrayList;
import java.util.List;

/** Parts of a whole: a bar of coloured pieces above the table that names them. */
final class StackedBar {
  private static final int COLORS = 6;

  private StackedBar() {}

  /** Writes bar and table; a part without a finite, positive time takes no room in the bar. */
  static void write(MarkupWriter out, String column, List<PhaseTiming> parts) {
    double total = parts.stream().mapToDouble(StackedBar::length).sum();
    if (total > 0) {
      out.open("div", "class", "bar");
      for (int i = 0; i < parts.size(); i++) {
        double length = length(parts.get(i));
        if (length > 0) {
          String style =
              "flex:" + Numbers.decimal(length / total, 4) + " 0 0;background:" + color(i);
          out.element("div", "", "style", style, "title", parts.get(i).name());
        }
      }
      out.close("div");
    }
    List<String> columns = new ArrayList<>(List.of(column, "time", "share"));
    Table table = Table.begin(out, columns);
    for (int i = 0; i < parts.size(); i++) {
      PhaseTiming part = parts.get(i);
      String share = total > 0 ? Numbers.percent(part.seconds() / total) : Numbers.MISSING;
      table.swatchRow(color(i), part.name(), Numbers.duration(part.seconds()), share);
    }
    table.end();
  }

  private static double length(PhaseTiming part) {
    return Double.isFinite(part.seconds()) ? Math.max(0, part.seconds()) : 0;
  }

  private static String color(int index) {
    return "var(--part" + index % COLORS + ")";
  }
}
