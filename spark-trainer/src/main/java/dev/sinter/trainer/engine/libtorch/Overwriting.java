package dev.sinter.trainer.engine.libtorch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lets operations leave their output in the memory of an input that nobody else reads: a rectifier
 * in the batch normalisation before it, a residual sum in one of its branches. Changes no bit.
 */
final class Overwriting {
  private Overwriting() {}

  /** The same steps, overwriting where that is safe: within a segment. */
  static List<Graph.Step> in(List<Graph.Step> steps, List<Segment> segments) {
    int[] readers = new int[steps.size() + 1];
    steps.forEach(step -> Arrays.stream(step.inputs()).forEach(slot -> readers[slot]++));
    List<Graph.Step> result = new ArrayList<>(steps);
    segments.forEach(segment -> overwrite(steps, readers, segment, result));
    return result;
  }

  private static void overwrite(
      List<Graph.Step> steps, int[] readers, Segment segment, List<Graph.Step> result) {
    for (int i = segment.from(); i < segment.to(); i++) {
      Graph.Step step = steps.get(i);
      for (int input = 0; input < step.inputs().length; input++) {
        int slot = step.inputs()[input];
        var inPlace = step.operation().overwriting(input);
        if (inPlace.isPresent()
            && readers[slot] == 1
            && Arrays.stream(step.released()).anyMatch(released -> released == slot)
            && slot > segment.from()
            && steps.get(slot - 1).operation().leavesOutputFree()) {
          result.set(i, step.with(inPlace.get()));
          break;
        }
      }
    }
  }
}
