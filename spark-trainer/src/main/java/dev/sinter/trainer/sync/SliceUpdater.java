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
  private final BlockThreads threads;
  private final List<Part> parts = new ArrayList<>();
  private final List<FlatVector> state = new ArrayList<>();

  /** What one thread works on, and with. */
  private record Part(List<Segment> segments, float[] values, float[] gradients, float[][] state) {
    Part(List<Segment> segments, int stateVectors) {
      this(
          segments,
          new float[UpdatePlan.BLOCK],
          new float[UpdatePlan.BLOCK],
          new float[stateVectors][UpdatePlan.BLOCK]);
    }
  }

  SliceUpdater(Slice slice, Optimizer optimizer, UpdatePlan plan, BlockThreads threads) {
    this.slice = slice;
    this.optimizer = optimizer;
    this.threads = threads;
    for (int i = 0; i < optimizer.stateVectors(); i++) {
      state.add(FlatVector.ofFloats(slice.length()));
    }
    for (int i = 0; i < threads.count(); i++) {
      long from = slice.from() + threads.start(i, slice.length());
      long to = slice.from() + threads.start(i + 1, slice.length());
      parts.add(new Part(plan.segments(from, to), state.size()));
    }
  }

  /** Sums of squares of the trainable gradients, per block. */
  double[] squares(Span gradient) {
    double[] sums = new double[slice.blocks()];
    FloatBuffer gradients = gradient.vector().floats(gradient.offset(), slice.length());
    threads.run(slice.length(), (part, from, to) -> addSquares(parts.get(part), gradients, sums));
    return sums;
  }

  private void addSquares(Part part, FloatBuffer gradients, double[] sums) {
    for (Segment segment : part.segments()) {
      if (segment.treatment().trainable()) {
        int at = Math.toIntExact(segment.offset() - slice.from());
        gradients.get(at, part.gradients(), 0, (int) segment.length());
        sums[at / UpdatePlan.BLOCK] += squares(part.gradients(), (int) segment.length());
      }
    }
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
    threads.run(
        slice.length(),
        (part, from, to) -> apply(update, parts.get(part), values, gradients, states, factor));
  }

  private void apply(
      Optimizer.Update update,
      Part part,
      FloatBuffer values,
      FloatBuffer gradients,
      List<FloatBuffer> states,
      float factor) {
    for (Segment segment : part.segments()) {
      if (segment.treatment() == Treatment.FROZEN) {
        continue;
      }
      int at = Math.toIntExact(segment.offset() - slice.from());
      int count = (int) segment.length();
      values.get(at, part.values(), 0, count);
      gradients.get(at, part.gradients(), 0, count);
      if (segment.treatment() == Treatment.RUNNING_STATISTIC) {
        follow(part.values(), part.gradients(), segment.statisticDecay(), count);
      } else {
        clip(part.gradients(), factor, count);
        for (int i = 0; i < states.size(); i++) {
          states.get(i).get(at, part.state()[i], 0, count);
        }
        update.apply(part.values(), part.gradients(), part.state(), count, segment.treatment());
        for (int i = 0; i < states.size(); i++) {
          states.get(i).put(at, part.state()[i], 0, count);
        }
      }
      values.put(at, part.values(), 0, count);
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
