package dev.sinter.model;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.NearestWord;
import dev.sinter.error.SinterException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/** What a skip asks of the network that it is added to. */
final class SkipChecks {
  private static final int SHOWN = 6;

  private final ComputationGraphConfiguration configuration;
  private final Skip skip;
  private final Map<String, List<String>> inputs;

  SkipChecks(ComputationGraphConfiguration configuration, Skip skip) {
    this.configuration = configuration;
    this.skip = skip;
    this.inputs = configuration.getVertexInputs();
  }

  void requireVertices(Set<String> joins) {
    Set<String> starts = new HashSet<>(inputs.keySet());
    starts.addAll(configuration.getNetworkInputs());
    requireKnown("from", skip.from(), starts);
    requireKnown("to", skip.to(), inputs.keySet());
    for (String end : List.of(skip.from(), skip.to())) {
      if (configuration.getNetworkOutputs().contains(end)) {
        throw usage(
            "SKIP_AT_OUTPUT",
            "the skip " + skip + " touches \"" + end + "\", an output of the network",
            "Choose one of the vertices before it, such as "
                + shown(before(end).stream().filter(inputs::containsKey).toList())
                + ".");
      }
    }
    if (joins.contains(skip.vertex())) {
      throw usage(
          "SKIP_DUPLICATE",
          "the skip " + skip + " is given twice",
          "Give each pair of from and to once, of " + joins.size() + " so far.");
    }
  }

  private void requireKnown(String end, String vertex, Set<String> known) {
    if (!known.contains(vertex)) {
      throw usage(
          "SKIP_VERTEX_UNKNOWN",
          "the skip "
              + skip
              + " names a vertex \""
              + vertex
              + "\" that the network does not have"
              + NearestWord.of(vertex, known)
                  .map(near -> "; did you mean \"" + near + "\"?")
                  .orElse(""),
          "Set "
              + end
              + " to a vertex of the network, such as "
              + shown(
                  configuration.getTopologicalOrderStr().stream().filter(known::contains).toList())
              + "; `sinter models NAME` lists all.");
    }
  }

  void requireNoCycle(String from, String to) {
    List<String> earlier = before(to);
    if (from.equals(to) || before(from).contains(to)) {
      throw usage(
          "SKIP_MAKES_CYCLE",
          "the skip "
              + skip
              + (from.equals(to) ? " ends where it begins" : " goes back: " + skip.from())
              + (from.equals(to) ? "" : " depends on " + skip.to()),
          "Set from to a vertex that "
              + skip.to()
              + " depends on, such as "
              + shown(earlier)
              + (from.equals(to) ? "." : ", or exchange from and to."));
    }
  }

  /** The alignment that is given, or that the shapes ask for. */
  Skip.Align alignment(SkipShape from, SkipShape to) {
    List<Skip.Align> possible = from.alignments(to, skip.merge());
    if (skip.align() == Skip.Align.AUTO && !possible.isEmpty()) {
      boolean asItIs = skip.merge() == Skip.Merge.CONCAT && possible.contains(Skip.Align.NONE);
      return asItIs ? Skip.Align.NONE : possible.get(0);
    }
    if (!possible.contains(skip.align())) {
      throw usage(
          "SKIP_SHAPES_DIFFER",
          "the skip "
              + skip
              + " goes from "
              + from
              + " to "
              + to
              + ", which align "
              + skip.align().key()
              + " does not join with merge "
              + skip.merge().key(),
          possible.isEmpty()
              ? "No alignment joins them: choose vertices of the same positions, or of multiples of each other's."
              : "Set align to "
                  + possible.stream().map(Skip.Align::key).collect(Collectors.joining(" or "))
                  + " for these shapes.");
    }
    return skip.align();
  }

  void requireRefittable(SkipRefit refit, String to) {
    refit
        .obstacle(to)
        .ifPresent(
            obstacle -> {
              List<String> legal = new ArrayList<>();
              for (String vertex : configuration.getTopologicalOrderStr()) {
                if (inputs.containsKey(vertex)
                    && !configuration.getNetworkOutputs().contains(vertex)
                    && before(vertex).contains(skip.from())
                    && refit.obstacle(vertex).isEmpty()) {
                  legal.add(vertex);
                }
              }
              throw usage(
                  "SKIP_NOT_REFITTABLE",
                  "behind the skip "
                      + skip
                      + ", \""
                      + obstacle
                      + "\" cannot take the channels that are concatenated",
                  "Set merge to add"
                      + (legal.isEmpty()
                          ? "."
                          : ", or to to a vertex that only convolutions and dense layers read, such as "
                              + shown(legal)
                              + "."));
            });
  }

  /** What a vertex depends on, the nearest first. */
  private List<String> before(String vertex) {
    List<String> found = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>(inputs.getOrDefault(vertex, List.of()));
    while (!open.isEmpty()) {
      String next = open.pop();
      if (!found.contains(next)) {
        found.add(next);
        open.addAll(inputs.getOrDefault(next, List.of()));
      }
    }
    return found;
  }

  private static String shown(List<String> vertices) {
    return vertices.stream().limit(SHOWN).collect(Collectors.joining(", "))
        + (vertices.size() > SHOWN ? ", ..." : "");
  }

  private static SinterException usage(String code, String problem, String remedy) {
    return new SinterException(ErrorCategory.USAGE, code, problem, remedy);
  }
}
