package dev.sinter.trainer.sync;

import dev.sinter.trainer.optimizer.UpdatePlan;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Sums spans element by element in a fixed order, a block at a time.
 *
 * @param order the additions
 * @param weights one per span, multiplied before the sum; empty for none
 * @param scale multiplied after the sum
 */
record SpanSum(LaneTree order, float[] weights, float scale) {
  /** The mean over lanes, from sums of subtrees. */
  static SpanSum meanOver(List<LaneNode> subtrees, int lanes) {
    return new SpanSum(LaneTree.over(subtrees), new float[0], 1f / lanes);
  }

  /** The mean over workers, weighted by their lanes, in the order of their ranks. */
  static SpanSum meanOver(Lanes lanes) {
    float[] weights = new float[lanes.workers()];
    List<LaneTree.Addition> additions = new ArrayList<>();
    for (int worker = 0; worker < weights.length; worker++) {
      weights[worker] = (float) lanes.ofWorker(worker) / lanes.count();
      if (worker > 0) {
        additions.add(new LaneTree.Addition(0, worker));
      }
    }
    return new SpanSum(new LaneTree(additions), weights, 1);
  }

  /** Sums into a span, which may be one of those summed. */
  void into(Span result, List<Span> spans, int length, BlockThreads threads) {
    if (scale == 1 && weights.length == 0 && spans.equals(List.of(result))) {
      return;
    }
    List<FloatBuffer> sources = spans.stream().map(span -> floats(span, length)).toList();
    FloatBuffer target = floats(result, length);
    threads.run(length, (part, from, to) -> sum(sources, target, from, to));
  }

  private void sum(List<FloatBuffer> sources, FloatBuffer target, int from, int to) {
    float[][] blocks = new float[sources.size()][UpdatePlan.BLOCK];
    for (int at = from; at < to; at += UpdatePlan.BLOCK) {
      int count = Math.min(UpdatePlan.BLOCK, to - at);
      for (int i = 0; i < blocks.length; i++) {
        sources.get(i).get(at, blocks[i], 0, count);
        if (weights.length > 0) {
          multiply(blocks[i], weights[i], count);
        }
      }
      order.sum(blocks, count);
      multiply(blocks[0], scale, count);
      target.put(at, blocks[0], 0, count);
    }
  }

  private static FloatBuffer floats(Span span, int length) {
    return span.vector().floats(span.offset(), length);
  }

  private static void multiply(float[] values, float factor, int count) {
    for (int i = 0; i < count; i++) {
      values[i] *= factor;
    }
  }
}
