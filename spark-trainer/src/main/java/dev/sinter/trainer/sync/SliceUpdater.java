package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.Optimizer;
import dev.sinter.trainer.optimizer.Treatment;
import dev.sinter.trainer.optimizer.UpdatePlan;
import dev.sinter.trainer.optimizer.UpdatePlan.Segment;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Updates a slice of the parameters, and owns the optimizer state of it. */
final class SliceUpdater implements AutoCloseable {
  private final Slice slice;
  private final Optimizer optimizer;
  private final List<Segment> segments;
  private final List<FlatVector> state = new ArrayList<>();
  private final float[] parameterBlock = new float[UpdatePlan.BLOCK];
  private final float[] gradientBlock = new float[UpdatePlan.BLOCK];
  private final float[][] stateBlocks;

  SliceUpdater(Slice slice, Optimizer optimizer, UpdatePlan plan) {
    this.slice = slice;
    this.optimizer = optimizer;
    this.segments = plan.segments(slice.from(), slice.to());
    for (int i = 0; i < optimizer.stateVectors(); i++) {
      state.add(FlatVector.ofFloats(slice.length()));
    }
    this.stateBlocks = new float[state.size()][UpdatePlan.BLOCK];
  }

  /** Sums of squares of the trainable gradients, per block. */
  double[] squares(Span gradient) {
    double[] sums = new double[slice.blocks()];
    FloatBuffer gradients = gradient.vector().floats(gradient.offset(), slice.length());
    for (Segment segment : segments) {
      if (segment.treatment().trainable()) {
        int at = Math.toIntExact(segment.offset() - slice.from());
        gradients.get(at, gradientBlock, 0, (int) segment.length());
        sums[at / UpdatePlan.BLOCK] += squares(gradientBlock, (int) segment.length());
      }
    }
    return sums;
  }

  /**
   * Moves parameters and running statistics by one step.
   *
   * @param factor multiplied into trainable gradients, to clip them
   */
  void apply(Optimizer.Update update, FlatVector parameters, Span gradient, float factor) {
    FloatBuffer values = parameters.floats(slice.from(), slice.length());
    FloatBuffer gradients = gradient.vector().floats(gradient.offset(), slice.length());
    List<FloatBuffer> states = state.stream().map(FlatVector::floats).toList();
    for (Segment segment : segments) {
      if (segment.treatment() == Treatment.FROZEN) {
        continue;
      }
      int at = Math.toIntExact(segment.offset() - slice.from());
      int count = (int) segment.length();
      values.get(at, parameterBlock, 0, count);
      gradients.get(at, gradientBlock, 0, count);
      if (segment.treatment() == Treatment.RUNNING_STATISTIC) {
        follow(parameterBlock, gradientBlock, segment.statisticDecay(), count);
      } else {
        clip(gradientBlock, factor, count);
        for (int i = 0; i < stateBlocks.length; i++) {
          states.get(i).get(at, stateBlocks[i], 0, count);
        }
        update.apply(parameterBlock, gradientBlock, stateBlocks, count, segment.treatment());
        for (int i = 0; i < stateBlocks.length; i++) {
          states.get(i).put(at, stateBlocks[i], 0, count);
        }
      }
      values.put(at, parameterBlock, 0, count);
    }
  }

  Optimizer optimizer() {
    return optimizer;
  }

  /** The state vectors, from the slice's first parameter. */
  List<FlatVector> state() {
    return state;
  }

  /** Takes over what a checkpointed part has of this slice. */
  void restore(OptimizerState part) {
    long from = Math.max(slice.from(), part.offset());
    long to = Math.min(slice.to(), part.offset() + part.length());
    if (from >= to) {
      return;
    }
    for (int i = 0; i < state.size(); i++) {
      int count = Math.toIntExact(to - from);
      state
          .get(i)
          .bytes(from - slice.from(), count)
          .put(part.vectors().get(i).bytes(from - part.offset() + part.vectorOffset(), count));
    }
  }

  @Override
  public void close() {
    state.forEach(FlatVector::close);
  }

  private static void follow(float[] running, float[] batch, float decay, int count) {
    float fresh = 1 - decay;
    for (int i = 0; i < count; i++) {
      running[i] = decay * running[i] + fresh * batch[i];
    }
  }

  private static void clip(float[] gradients, float factor, int count) {
    if (factor != 1) {
      for (int i = 0; i < count; i++) {
        gradients[i] *= factor;
      }
    }
  }

  /** In four interleaved sums, so that additions overlap. */
  private static double squares(float[] values, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      a += (double) values[i] * values[i];
      b += (double) values[i + 1] * values[i + 1];
      c += (double) values[i + 2] * values[i + 2];
      d += (double) values[i + 3] * values[i + 3];
    }
    for (; i < count; i++) {
      a += (double) values[i] * values[i];
    }
    return (a + b) + (c + d);
  }
}
