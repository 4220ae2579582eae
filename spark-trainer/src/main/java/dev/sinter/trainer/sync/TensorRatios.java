package dev.sinter.trainer.sync;

import dev.sinter.trainer.optimizer.TensorwiseUpdate;
import dev.sinter.trainer.optimizer.Treatment;
import dev.sinter.trainer.optimizer.UpdatePlan;
import dev.sinter.trainer.optimizer.UpdatePlan.Segment;
import java.util.function.UnaryOperator;

/**
 * The factor of every decayed tensor in a {@link TensorwiseUpdate}, from sums over its segments.
 *
 * <p>A segment lies in one block, so its sums are the same for any slicing; those of a tensor are
 * added in ascending order.
 */
final class TensorRatios {
  private final int[] tensorOfSegment;
  private final int[] segmentsBefore;
  private final float[] ratios;

  /** Puts the sums of all slices together, ascending. */
  interface Gather extends UnaryOperator<double[]> {}

  TensorRatios(UpdatePlan plan) {
    Segment[] decayed =
        plan.segments(0, plan.length()).stream()
            .filter(segment -> segment.treatment() == Treatment.DECAYED)
            .toArray(Segment[]::new);
    tensorOfSegment = new int[decayed.length];
    segmentsBefore = new int[new Slice(0, plan.length()).blocks() + 1];
    for (int i = 0; i < decayed.length; i++) {
      tensorOfSegment[i] = decayed[i].tensor();
      segmentsBefore[(int) (decayed[i].offset() / UpdatePlan.BLOCK) + 1]++;
    }
    for (int i = 1; i < segmentsBefore.length; i++) {
      segmentsBefore[i] += segmentsBefore[i - 1];
    }
    ratios = new float[plan.tensors()];
  }

  /** How many sums a slice gives: squares of parameters and of directions per segment. */
  int sumsOf(Slice slice) {
    int first = (int) (slice.from() / UpdatePlan.BLOCK);
    int end = (int) ((slice.to() + UpdatePlan.BLOCK - 1) / UpdatePlan.BLOCK);
    return slice.length() == 0 ? 0 : 2 * (segmentsBefore[end] - segmentsBefore[first]);
  }

  /**
   * The factors by tensor, until the next call.
   *
   * @param sums of all segments of decayed tensors, ascending: squares of parameters, squares of
   *     directions
   */
  float[] of(TensorwiseUpdate update, double[] sums) {
    for (int from = 0, to; from < tensorOfSegment.length; from = to) {
      int tensor = tensorOfSegment[from];
      double parameters = 0;
      double directions = 0;
      for (to = from; to < tensorOfSegment.length && tensorOfSegment[to] == tensor; to++) {
        parameters += sums[2 * to];
        directions += sums[2 * to + 1];
      }
      ratios[tensor] = update.ratio(Math.sqrt(parameters), Math.sqrt(directions));
    }
    return ratios;
  }
}
