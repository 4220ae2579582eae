package dev.sinter.trainer.report;

import dev.sinter.model.BlockGraph;
import dev.sinter.model.BlockGraph.Block;
import dev.sinter.model.BlockGraph.Connection;
import dev.sinter.model.BlockGraph.Merge;
import dev.sinter.model.BlockGraph.Skip;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Draws a network as SVG: its blocks from top to bottom, skips around one block on the left, longer
 * ones on the right.
 */
public final class NetworkDiagram {
  private static final int BOX_WIDTH = 250;
  private static final int BOX_HEIGHT = 38;
  private static final int GAP = 26;
  private static final int TOP = 84;
  private static final int LANE = 18;
  private static final int LEFT = 70;
  private static final int CORNER = 8;
  private static final String STYLE =
      """
      text{font:12px system-ui,sans-serif;fill:#1c1f24}
      .title{font-size:17px;font-weight:600}
      .note{fill:#5a6270}
      .box{fill:#eef2f7;stroke:#8a97a8}
      .flow{fill:none;stroke:#5a6270;stroke-width:1.4}
      .branch{fill:none;stroke:#a9b3c0;stroke-width:1.2}
      .skip{fill:none;stroke-width:1.8}
      .add{stroke:#1f6fb2}.concatenate{stroke:#c8641b}.multiply{stroke:#7b3fa0}.other{stroke:#2e7d4f}
      .projected{stroke-dasharray:5 3}
      .head{fill:#5a6270}
      """;

  private final MarkupWriter out = new MarkupWriter();
  private final String title;
  private final BlockGraph graph;
  private final int right;
  private final List<Arc> arcs;

  /** A connection on the right, and how far out it runs. */
  private record Arc(Connection connection, int lane) {}

  private NetworkDiagram(String title, BlockGraph graph) {
    this.title = title;
    this.graph = graph;
    this.right = LEFT + BOX_WIDTH;
    this.arcs = arcs(graph);
  }

  /** The drawing, a whole SVG document. */
  public static String of(String title, BlockGraph graph) {
    return new NetworkDiagram(title, graph).draw();
  }

  private String draw() {
    int lanes = arcs.stream().mapToInt(arc -> arc.lane() + 1).max().orElse(0);
    int width = Math.max(right + (lanes + 1) * LANE + 20, LEFT + 420);
    int height = y(graph.blocks().size() - 1) + BOX_HEIGHT + 24;
    out.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "width",
        text(width),
        "height",
        text(height),
        "viewBox",
        "0 0 " + width + " " + height,
        "role",
        "img",
        "aria-label",
        title);
    out.element("style", STYLE);
    out.empty("rect", "width", "100%", "height", "100%", "fill", "#ffffff");
    out.element("text", title, "class", "title", "x", "12", "y", "26");
    writeLegend();
    for (Connection connection : graph.connections()) {
      if (connection.skip() == null && connection.to() == connection.from() + 1) {
        writeFlow(connection);
      } else if (isAround(connection)) {
        writeAround(connection);
      }
    }
    arcs.forEach(this::writeArc);
    for (int i = 0; i < graph.blocks().size(); i++) {
      writeBox(i, graph.blocks().get(i));
    }
    out.close("svg");
    return out.finish();
  }

  /** Shorter ones run nearer, and none through another. */
  private static List<Arc> arcs(BlockGraph graph) {
    List<Connection> outer =
        graph.connections().stream()
            .filter(each -> !isAround(each) && each.to() > each.from() + 1)
            .sorted(
                (one, other) -> Integer.compare(one.to() - one.from(), other.to() - other.from()))
            .toList();
    List<Arc> arcs = new ArrayList<>();
    for (Connection connection : outer) {
      int lane = 0;
      while (isTaken(arcs, lane, connection)) {
        lane++;
      }
      arcs.add(new Arc(connection, lane));
    }
    return arcs;
  }

  private static boolean isTaken(List<Arc> arcs, int lane, Connection connection) {
    return arcs.stream()
        .anyMatch(
            arc ->
                arc.lane() == lane
                    && arc.connection().from() < connection.to()
                    && connection.from() < arc.connection().to());
  }

  /** Whether it skips nothing but one block, or a part of it. */
  private static boolean isAround(Connection connection) {
    return connection.skip() != null && connection.to() - connection.from() <= 1;
  }

  private void writeLegend() {
    int x = 12;
    for (Merge merge : Merge.values()) {
      if (graph.skips().stream().anyMatch(skip -> skip.skip().merge() == merge)) {
        out.empty("path", "class", "skip " + word(merge), "d", "M" + x + ",52h26");
        out.element("text", legend(merge), "class", "note", "x", text(x + 32), "y", "56");
        x += 46 + 7 * legend(merge).length();
      }
    }
    if (graph.skips().stream().anyMatch(skip -> skip.skip().projected())) {
      out.empty("path", "class", "skip add projected", "d", "M" + x + ",52h26");
      out.element("text", "projected", "class", "note", "x", text(x + 32), "y", "56");
    }
    if (graph.skips().isEmpty()) {
      out.element("text", "no skip connections", "class", "note", "x", "12", "y", "56");
    }
  }

  private void writeBox(int index, Block block) {
    int y = y(index);
    out.empty(
        "rect",
        "class",
        "box",
        "x",
        text(LEFT),
        "y",
        text(y),
        "width",
        text(BOX_WIDTH),
        "height",
        text(BOX_HEIGHT),
        "rx",
        "5");
    out.element("text", block.name(), "x", text(LEFT + 10), "y", text(y + 16));
    String shape =
        block.outputShape().stream().map(String::valueOf).collect(Collectors.joining("x"));
    String note =
        block.parameters() == 0
            ? shape
            : String.format(Locale.ROOT, "%s  %,d parameters", shape, block.parameters());
    out.element("text", note, "class", "note", "x", text(LEFT + 10), "y", text(y + 31));
  }

  private void writeFlow(Connection connection) {
    int x = LEFT + BOX_WIDTH / 2;
    int from = y(connection.from()) + BOX_HEIGHT;
    int to = y(connection.to());
    out.empty("path", "class", "flow", "d", "M" + x + "," + from + "V" + (to - 5));
    writeHead(x, to, 0);
  }

  /** From the gap above a block to its lower end, on the left. */
  private void writeAround(Connection connection) {
    int above = y(connection.to()) - GAP / 2;
    int below = y(connection.to()) + BOX_HEIGHT - CORNER;
    int x = LEFT - 34;
    String path =
        "M"
            + (LEFT + BOX_WIDTH / 2)
            + ","
            + above
            + "H"
            + (x + CORNER)
            + "Q"
            + x
            + ","
            + above
            + " "
            + x
            + ","
            + (above + CORNER)
            + "V"
            + (below - CORNER)
            + "Q"
            + x
            + ","
            + below
            + " "
            + (x + CORNER)
            + ","
            + below
            + "H"
            + (LEFT - 5);
    out.empty("path", "class", classes(connection.skip()), "d", path);
    writeHead(LEFT, below, -90);
    out.element(
        "text",
        sign(connection.skip().merge()),
        "x",
        text(x - 26),
        "y",
        text((above + below) / 2 + 4));
  }

  private void writeArc(Arc arc) {
    Connection connection = arc.connection();
    int from = y(connection.from()) + BOX_HEIGHT - CORNER;
    int to = y(connection.to()) + CORNER;
    int x = right + LANE * (arc.lane() + 1);
    String path =
        "M"
            + right
            + ","
            + from
            + "H"
            + (x - CORNER)
            + "Q"
            + x
            + ","
            + from
            + " "
            + x
            + ","
            + (from + CORNER)
            + "V"
            + (to - CORNER)
            + "Q"
            + x
            + ","
            + to
            + " "
            + (x - CORNER)
            + ","
            + to
            + "H"
            + (right + 5);
    String classes = connection.skip() == null ? "branch" : classes(connection.skip());
    out.empty("path", "class", classes, "d", path);
    writeHead(right, to, 90);
  }

  /** An arrow's head with its point at a place; turned, it comes from the right or the left. */
  private void writeHead(int x, int y, int degrees) {
    out.empty(
        "path",
        "class",
        "head",
        "d",
        "M-4,-7L0,0L4,-7Z",
        "transform",
        "translate(" + x + "," + y + ") rotate(" + degrees + ")");
  }

  private static String classes(Skip skip) {
    return "skip " + word(skip.merge()) + (skip.projected() ? " projected" : "");
  }

  private static String word(Merge merge) {
    return merge.name().toLowerCase(Locale.ROOT);
  }

  private static String legend(Merge merge) {
    return switch (merge) {
      case ADD -> "added";
      case MULTIPLY -> "multiplied (gate)";
      case CONCATENATE -> "concatenated";
      case OTHER -> "joined";
    };
  }

  private static String sign(Merge merge) {
    return switch (merge) {
      case ADD -> "+";
      case MULTIPLY -> "×";
      case CONCATENATE -> "cat";
      case OTHER -> "";
    };
  }

  private static int y(int index) {
    return TOP + index * (BOX_HEIGHT + GAP);
  }

  private static String text(int number) {
    return Integer.toString(number);
  }
}
