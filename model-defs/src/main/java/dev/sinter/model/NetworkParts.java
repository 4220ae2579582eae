package dev.sinter.model;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.NearestWord;
import dev.sinter.error.SinterException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/**
 * The parts of a network that have names: stages such as {@code stage3}, blocks such as {@code
 * stage3-block1}, and single vertices such as {@code stage3-block1-conv2}.
 *
 * <p>A stage is what its last vertex depends on and no earlier stage's does. A block is all
 * vertices whose names begin with its own and a dash.
 */
public final class NetworkParts {
  private final Map<String, Set<String>> stages = new LinkedHashMap<>();
  private final List<String> order;
  private final List<String> owners;
  private final Map<String, List<String>> inputs;
  private final Map<String, List<String>> readers = new HashMap<>();

  private NetworkParts(
      ComputationGraphConfiguration configuration, Map<String, String> lastOfStages) {
    this.inputs = configuration.getVertexInputs();
    this.owners = new ArrayList<>();
    this.order =
        configuration.getTopologicalOrderStr().stream().filter(inputs::containsKey).toList();
    for (String vertex : order) {
      if (configuration.getVertices().get(vertex).numParams(true) > 0) {
        owners.add(vertex);
      }
    }
    inputs.forEach(
        (vertex, read) ->
            read.forEach(
                input -> readers.computeIfAbsent(input, i -> new ArrayList<>()).add(vertex)));
    Set<String> before = new LinkedHashSet<>();
    lastOfStages.forEach(
        (stage, last) -> {
          Set<String> own = reach(List.of(last), inputs);
          own.removeAll(before);
          before.addAll(own);
          stages.put(stage, own);
        });
  }

  /**
   * The parts of a configuration.
   *
   * @param lastOfStages last vertex of each stage, in order
   */
  static NetworkParts of(
      ComputationGraphConfiguration configuration, Map<String, String> lastOfStages) {
    return new NetworkParts(configuration, lastOfStages);
  }

  /**
   * The parts of a network that is not registered: its vertices, and what their names have in
   * common. Its topological order must be known.
   */
  public static NetworkParts of(ComputationGraphConfiguration configuration) {
    return new NetworkParts(configuration, Map.of());
  }

  /** Names of the stages, in order. */
  public List<String> stages() {
    return List.copyOf(stages.keySet());
  }

  /** All vertices, in topological order. */
  public List<String> vertices() {
    return order;
  }

  /** The vertices that have parameters, in topological order. */
  public List<String> withParameters() {
    return List.copyOf(owners);
  }

  /**
   * The vertices of a part.
   *
   * @throws SinterException {@code NETWORK_PART_UNKNOWN}
   */
  public Set<String> part(String name) {
    if (stages.containsKey(name)) {
      return stages.get(name);
    }
    Set<String> found = new LinkedHashSet<>();
    for (String vertex : order) {
      if (vertex.equals(name) || vertex.startsWith(name + "-")) {
        found.add(vertex);
      }
    }
    if (found.isEmpty()) {
      throw unknown(name);
    }
    return found;
  }

  /**
   * A part and everything that it depends on.
   *
   * @throws SinterException {@code NETWORK_PART_UNKNOWN}
   */
  public Set<String> upTo(String name) {
    return reach(part(name), inputs);
  }

  /**
   * A part and everything that depends on it.
   *
   * @throws SinterException {@code NETWORK_PART_UNKNOWN}
   */
  public Set<String> from(String name) {
    return reach(part(name), readers);
  }

  /** The vertices whose whole name matches. */
  public Set<String> matching(Pattern pattern) {
    Set<String> found = new LinkedHashSet<>();
    for (String vertex : order) {
      if (pattern.matcher(vertex).matches()) {
        found.add(vertex);
      }
    }
    return found;
  }

  private Set<String> reach(Collection<String> starts, Map<String, List<String>> next) {
    Set<String> found = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(starts);
    while (!open.isEmpty()) {
      String vertex = open.pop();
      if (inputs.containsKey(vertex) && found.add(vertex)) {
        open.addAll(next.getOrDefault(vertex, List.of()));
      }
    }
    return found;
  }

  private SinterException unknown(String name) {
    Set<String> candidates = new TreeSet<>(stages.keySet());
    for (String vertex : order) {
      candidates.add(vertex);
      for (int dash = vertex.indexOf('-'); dash > 0; dash = vertex.indexOf('-', dash + 1)) {
        candidates.add(vertex.substring(0, dash));
      }
    }
    return new SinterException(
        ErrorCategory.USAGE,
        "NETWORK_PART_UNKNOWN",
        "the network has no stage, block or vertex \""
            + name
            + "\""
            + NearestWord.of(name, candidates)
                .map(near -> "; did you mean \"" + near + "\"?")
                .orElse(""),
        "Name one of the stages "
            + String.join(", ", stages.keySet())
            + ", a block such as stage1-block1, or a vertex; `sinter models NAME` lists them.");
  }
}
