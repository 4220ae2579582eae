package dev.sinter.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;

/**
 * A network block by block: vertices whose names begin alike, such as those of {@code
 * stage2-block1}, are one.
 *
 * @param blocks in topological order; the first is the input
 * @param connections between different blocks, and skips around one
 */
public record BlockGraph(List<Block> blocks, List<Connection> connections) {
  private static final Pattern BLOCK = Pattern.compile("([^-]+(?:-(?:block|layer|unit)\\d+)?).*");
  private static final Pattern STAGE = Pattern.compile("([^-]+).*");

  /** Copies the lists. */
  public BlockGraph {
    blocks = List.copyOf(blocks);
    connections = List.copyOf(connections);
  }

  /**
   * One block.
   *
   * @param name what its vertices have in common
   * @param outputShape of its last vertex, without the batch dimension
   * @param parameters trainable parameters
   * @param multiplyAdds of predicting one sample
   */
  public record Block(String name, List<Long> outputShape, long parameters, long multiplyAdds) {
    /** Copies the shape. */
    public Block {
      outputShape = List.copyOf(outputShape);
    }
  }

  /**
   * From one block to another.
   *
   * @param from position of a block
   * @param to position of a later block, in which a skip ends
   * @param skip how it joins what it has skipped; {@code null} if it skips nothing
   */
  public record Connection(int from, int to, Skip skip) {}

  /** How a skip ends, and whether it is projected on its way. */
  public record Skip(Merge merge, boolean projected) {}

  /** How a vertex joins its inputs. */
  public enum Merge {
    /** Element by element. */
    ADD,
    /** Element by element: a gate. */
    MULTIPLY,
    /** Channels side by side. */
    CONCATENATE,
    /** Any other way. */
    OTHER
  }

  /** Finds the blocks of a configuration, for one shape of sample. */
  public static BlockGraph of(ComputationGraphConfiguration configuration, InputShape input) {
    LayerTable table = LayerTable.of(configuration, input);
    return new Finder(configuration, BLOCK)
        .find(table, input)
        .or(() -> new Finder(configuration, STAGE).find(table, input)) // its blocks interlock
        .orElseThrow();
  }

  /** The skips among the connections. */
  public List<Connection> skips() {
    return connections.stream().filter(connection -> connection.skip() != null).toList();
  }

  private static final class Finder {
    private final ComputationGraphConfiguration configuration;
    private final Pattern block;
    private final Map<String, List<String>> inputs;
    private final List<String> names = new ArrayList<>();
    private final Set<Connection> connections = new LinkedHashSet<>();

    Finder(ComputationGraphConfiguration configuration, Pattern names) {
      this.configuration = configuration;
      this.block = names;
      this.inputs = configuration.getVertexInputs();
    }

    /** The graph, unless two blocks need each other. */
    Optional<BlockGraph> find(LayerTable table, InputShape shape) {
      List<Block> blocks = new ArrayList<>();
      for (String input : configuration.getNetworkInputs()) {
        names.add(input);
        blocks.add(
            new Block(input, shape.dimensions().stream().map(Integer::longValue).toList(), 0, 0));
      }
      for (LayerTable.Row row : table.rows()) {
        String name = blockOf(row.vertex());
        int at = names.indexOf(name);
        if (at < 0) {
          at = names.size();
          names.add(name);
          blocks.add(new Block(name, List.of(), 0, 0));
        }
        Block before = blocks.get(at);
        blocks.set(
            at,
            new Block(
                name,
                row.outputShape(),
                before.parameters() + row.parameters(),
                before.multiplyAdds() + row.multiplyAdds()));
      }
      for (LayerTable.Row row : table.rows()) {
        connect(row.vertex());
      }
      return sorted(blocks, connections.stream().filter(this::isPlainest).toList());
    }

    /** A block that begins early may need one that begins later. */
    private static Optional<BlockGraph> sorted(List<Block> blocks, List<Connection> connections) {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < blocks.size(); i++) {
        next(order, blocks.size(), connections).ifPresent(order::add);
      }
      if (order.size() < blocks.size()) {
        return Optional.empty();
      }
      return Optional.of(
          new BlockGraph(
              order.stream().map(blocks::get).toList(),
              connections.stream()
                  .map(
                      each ->
                          new Connection(
                              order.indexOf(each.from()), order.indexOf(each.to()), each.skip()))
                  .toList()));
    }

    /** The first block that needs none but those that are placed. */
    private static Optional<Integer> next(
        List<Integer> placed, int blocks, List<Connection> connections) {
      return IntStream.range(0, blocks)
          .boxed()
          .filter(block -> !placed.contains(block))
          .filter(
              block ->
                  connections.stream()
                      .filter(each -> each.to() == block && each.from() != block)
                      .allMatch(each -> placed.contains(each.from())))
          .findFirst();
    }

    /** A gate's inner ways between two blocks are not worth a line beside its sum. */
    private boolean isPlainest(Connection connection) {
      return connection.skip() == null
          || connections.stream()
              .filter(other -> other.skip() != null)
              .filter(other -> other.from() == connection.from() && other.to() == connection.to())
              .allMatch(other -> connection.skip().merge().compareTo(other.skip().merge()) <= 0);
    }

    private void connect(String vertex) {
      int to = names.indexOf(blockOf(vertex));
      for (String input : inputs.get(vertex)) {
        int from = names.indexOf(blockOf(input));
        if (isSkip(input, vertex)) {
          connections.add(new Connection(from, to, new Skip(mergeOf(vertex), false)));
        } else if (from != to) {
          connections.add(new Connection(from, to, null));
        }
      }
      if (mergeOf(vertex) == Merge.ADD) {
        projectedSource(vertex)
            .ifPresent(source -> connectProjected(names.indexOf(blockOf(source)), to));
      }
    }

    /** A skip over several blocks is one line: its branch needs none beside it. */
    private void connectProjected(int from, int to) {
      connections.add(new Connection(from, to, new Skip(Merge.ADD, true)));
      if (connections.stream().anyMatch(each -> each.to() == to && isFlow(each, from))) {
        connections.remove(new Connection(from, to, null));
      }
    }

    private static boolean isFlow(Connection connection, int otherThan) {
      return connection.skip() == null && connection.from() != otherThan;
    }

    /** Whether there is a longer way from one vertex to the other. */
    private boolean isSkip(String from, String to) {
      if (inputs.get(to).size() < 2) {
        return false;
      }
      return inputs.get(to).stream()
          .anyMatch(other -> !other.equals(from) && before(other).contains(from));
    }

    /** The vertex outside of a sum's block that reaches it on two ways, if there is one. */
    private Optional<String> projectedSource(String sum) {
      List<Set<String>> sources = new ArrayList<>();
      for (String input : inputs.get(sum)) {
        sources.add(outsideOf(blockOf(sum), input));
      }
      Set<String> common = new LinkedHashSet<>(sources.get(0));
      sources.forEach(common::retainAll);
      boolean direct = inputs.get(sum).stream().anyMatch(input -> isSkip(input, sum));
      return direct
          ? Optional.empty()
          : common.stream().findFirst().or(() -> furtherSource(sources));
    }

    /** The vertex that one input of a sum comes from, if another input needs it on its way. */
    private Optional<String> furtherSource(List<Set<String>> sources) {
      return sources.stream()
          .flatMap(Set::stream)
          .filter(
              source ->
                  sources.stream()
                      .filter(others -> !others.contains(source))
                      .flatMap(Set::stream)
                      .anyMatch(other -> before(other).contains(source)))
          .findFirst();
    }

    /** What vertices of a block that lead to one of them read from outside. */
    private Set<String> outsideOf(String inside, String vertex) {
      Set<String> outside = new LinkedHashSet<>();
      Deque<String> open = new ArrayDeque<>(List.of(vertex));
      Set<String> seen = new HashSet<>();
      while (!open.isEmpty()) {
        String next = open.pop();
        if (!seen.add(next)) {
          continue;
        }
        if (!blockOf(next).equals(inside)) {
          outside.add(next);
        } else {
          open.addAll(inputs.getOrDefault(next, List.of()));
        }
      }
      return outside;
    }

    private Set<String> before(String vertex) {
      Set<String> before = new HashSet<>();
      Deque<String> open = new ArrayDeque<>(inputs.getOrDefault(vertex, List.of()));
      while (!open.isEmpty()) {
        String next = open.pop();
        if (before.add(next)) {
          open.addAll(inputs.getOrDefault(next, List.of()));
        }
      }
      return before;
    }

    private Merge mergeOf(String vertex) {
      GraphVertex merging = configuration.getVertices().get(vertex);
      if (merging instanceof MergeVertex) {
        return Merge.CONCATENATE;
      }
      if (merging instanceof ElementWiseVertex elementWise) {
        return switch (elementWise.getOp()) {
          case Add -> Merge.ADD;
          case Product -> Merge.MULTIPLY;
          default -> Merge.OTHER;
        };
      }
      return Merge.OTHER;
    }

    private String blockOf(String vertex) {
      Matcher matcher = block.matcher(vertex);
      return matcher.matches() ? matcher.group(1) : vertex;
    }
  }
}
