package dev.sinter.trainer.engine.libtorch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The part of a graph that leads to its first output: all that a prediction needs. */
final class MainOutput {
  private MainOutput() {}

  /** The same graph without what only the other outputs read, which serve the training alone. */
  static Graph of(Graph graph) {
    if (graph.outputs().size() == 1) {
      return graph;
    }
    Graph.Output main = graph.outputs().get(0);
    int[] slots = renumbered(graph.steps(), main.slot());
    List<Graph.Step> steps = new ArrayList<>();
    for (int i = 0; i < graph.steps().size(); i++) {
      if (slots[i + 1] > 0) {
        Graph.Step step = graph.steps().get(i);
        int[] inputs = Arrays.stream(step.inputs()).map(slot -> slots[slot]).toArray();
        steps.add(new Graph.Step(step.vertex(), step.operation(), inputs, new int[0]));
      }
    }
    List<Graph.Output> outputs = List.of(new Graph.Output(slots[main.slot()], main.loss()));
    List<Graph.Step> released = GraphTranslator.withReleases(steps, outputs);
    return new Graph(released, outputs, List.of(Segment.whole(released)));
  }

  /** Per slot its new number, or -1 where the output does not depend on it. */
  private static int[] renumbered(List<Graph.Step> steps, int output) {
    boolean[] needed = new boolean[steps.size() + 1];
    needed[output] = true;
    for (int slot = steps.size(); slot > 0; slot--) {
      if (needed[slot]) {
        Arrays.stream(steps.get(slot - 1).inputs()).forEach(input -> needed[input] = true);
      }
    }
    int[] numbers = new int[needed.length];
    int next = 1;
    for (int slot = 1; slot < needed.length; slot++) {
      numbers[slot] = needed[slot] ? next++ : -1;
    }
    return numbers;
  }
}
