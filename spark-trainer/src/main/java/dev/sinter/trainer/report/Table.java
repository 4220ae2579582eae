package dev.sinter.trainer.report;

import java.util.List;

/** A table whose first column is words and whose other columns are right-aligned. */
final class Table {
  private final MarkupWriter out;

  private Table(MarkupWriter out) {
    this.out = out;
  }

  /** Opens a table with its column names; {@link #end} closes it. */
  static Table begin(MarkupWriter out, List<String> columns) {
    out.open("div", "class", "scroll").open("table").open("thead").open("tr");
    for (String column : columns) {
      out.element("th", column, "scope", "col");
    }
    out.close("tr").close("thead").open("tbody");
    return new Table(out);
  }

  Table row(String name, String... cells) {
    out.open("tr").element("th", name, "scope", "row");
    cells(cells);
    return this;
  }

  /** A row whose name carries the colour of a class or of a bar. */
  Table swatchRow(String color, String name, String... cells) {
    out.open("tr").open("th", "scope", "row");
    swatch(out, color).text(name).close("th");
    cells(cells);
    return this;
  }

  void end() {
    out.close("tbody").close("table").close("div");
  }

  /** A small square of a colour, before its name. */
  static MarkupWriter swatch(MarkupWriter out, String color) {
    return out.element("span", "", "class", "swatch", "style", "background:" + color);
  }

  private void cells(String... cells) {
    for (String cell : cells) {
      out.element("td", cell);
    }
    out.close("tr");
  }
}
