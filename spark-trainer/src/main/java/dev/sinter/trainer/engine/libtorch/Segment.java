package dev.sinter.trainer.engine.libtorch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Consecutive steps of a graph.
 *
 * @param from first step
 * @param to one past the last step
 * @param reads slots from before that its steps read
 * @param writes slots of its steps that later steps read
 */
record Segment(int from, int to, List<Integer> reads, List<Integer> writes) {

  /** The whole graph as one. */
  static Segment whole(List<Graph.Step> steps) {
    return new Segment(0, steps.size(), List.of(0), List.of());
  }

  /**
   * About as many segments as each has steps, with which least memory is alive at once if all steps
   * need the same; a border goes where few slots cross it.
   */
  static List<Segment> squareRoot(List<Graph.Step> steps, List<Graph.Output> outputs) {
    int[] lastReader = lastReaders(steps, outputs);
    int count = (int) Math.max(1, Math.round(Math.sqrt(steps.size())));
    List<Segment> segments = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= count; i++) {
      int to = i == count ? steps.size() : border(lastReader, from, i, count);
      if (to > from) {
        segments.add(between(steps, lastReader, from, to));
        from = to;
      }
    }
    return segments;
  }

  /** The step before which fewest slots are alive, near where equal segments would meet. */
  private static int border(int[] lastReader, int from, int segment, int count) {
    int steps = lastReader.length - 1;
    int even = segment * steps / count;
    int reach = steps / (2 * count);
    int best = even;
    for (int at = Math.max(from + 1, even - reach); at <= Math.min(steps - 1, even + reach); at++) {
      int fewer = alive(lastReader, best) - alive(lastReader, at);
      if (fewer > 0 || (fewer == 0 && Math.abs(at - even) < Math.abs(best - even))) {
        best = at;
      }
    }
    return best;
  }

  private static int alive(int[] lastReader, int border) {
    return (int) IntStream.rangeClosed(1, border).filter(s -> lastReader[s] >= border).count();
  }

  private static Segment between(List<Graph.Step> steps, int[] lastReader, int from, int to) {
    boolean isLast = to == steps.size();
    List<Integer> reads =
        IntStream.rangeClosed(0, from)
            .filter(
                slot ->
                    steps.subList(from, to).stream()
                            .anyMatch(step -> Arrays.stream(step.inputs()).anyMatch(i -> i == slot))
                        || (isLast && lastReader[slot] == steps.size()))
            .boxed()
            .toList();
    List<Integer> writes =
        IntStream.rangeClosed(from + 1, to)
            .filter(slot -> lastReader[slot] >= to && !isLast)
            .boxed()
            .toList();
    return new Segment(from, to, reads, writes);
  }

  /** Per slot the last step that reads it; the losses, behind all steps, read the outputs. */
  private static int[] lastReaders(List<Graph.Step> steps, List<Graph.Output> outputs) {
    int[] last = new int[steps.size() + 1];
    Arrays.fill(last, -1);
    for (int i = 0; i < steps.size(); i++) {
      for (int slot : steps.get(i).inputs()) {
        last[slot] = i;
      }
    }
    outputs.forEach(output -> last[output.slot()] = steps.size());
    return last;
  }
}
