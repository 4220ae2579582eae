package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.Optimizer;
import dev.sinter.trainer.optimizer.StepUpdates;
import dev.sinter.trainer.optimizer.TensorwiseUpdate;
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
  private final UpdatePlan plan;
  private final BlockThreads threads;
  private final TensorRatios ratios;
  private final double[] tensorSums;
  private final List<Part> parts = new ArrayList<>();
  private final List<FlatVector> state = new ArrayList<>();

  /**
   * What one thread works on, and with.
   *
   * @param firstSum where the sums of its decayed segments begin among the slice's
   */
  private record Part(
      List<Segment> segments, int firstSum, float[] values, float[] gradients, float[][] state) {
    Part(List<Segment> segments, int firstSum, int stateVectors) {
      this(
          segments,
          firstSum,
          new float[UpdatePlan.BLOCK],
          new float[UpdatePlan.BLOCK],
          new float[stateVectors][UpdatePlan.BLOCK]);
    }
  }

  SliceUpdater(Slice slice, Optimizer optimizer, UpdatePlan plan, BlockThreads threads) {
    this.slice = slice;
    this.optimizer = optimizer;
    this.plan = plan;
    this.threads = threads;
    this.ratios = new TensorRatios(plan);
    this.tensorSums = new double[ratios.sumsOf(slice)];
    for (int i = 0; i < optimizer.stateVectors(); i++) {
      state.add(FlatVector.ofFloats(slice.length()));
    }
    int sums = 0;
    for (int i = 0; i < threads.count(); i++) {
      long from = slice.from() + threads.start(i, slice.length());
      long to = slice.from() + threads.start(i + 1, slice.length());
      parts.add(new Part(plan.segments(from, to), sums, state.size()));
      sums += ratios.sumsOf(new Slice(from, to));
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
   * @param gradient of this slice; overwritten
   * @param factor multiplied into trainable gradients, to clip them
   * @param gather of the {@link #tensorSums} that a {@link TensorwiseUpdate} needs of all slices
   */
  void apply(
      StepUpdates updates,
      FlatVector parameters,
      Span gradient,
      float factor,
      TensorRatios.Gather gather) {
    Buffers buffers =
        new Buffers(
            parameters.floats(slice.from(), slice.length()),
            gradient.vector().floats(gradient.offset(), slice.length()),
            state.stream().map(FlatVector::floats).toList());
    if (updates.any() instanceof TensorwiseUpdate tensorwise) {
      threads.run(
          slice.length(), (part, from, to) -> prepare(updates, parts.get(part), buffers, factor));
      float[] ofTensors = ratios.of(tensorwise, gather.apply(tensorSums));
      threads.run(
          slice.length(), (part, from, to) -> move(updates, parts.get(part), buffers, ofTensors));
    } else {
      threads.run(
          slice.length(), (part, from, to) -> apply(updates, parts.get(part), buffers, factor));
    }
  }

  /** The same where the slice is the whole vector, or the update is element-wise. */
  void apply(StepUpdates updates, FlatVector parameters, Span gradient, float factor) {
    apply(
        updates,
        parameters,
        gradient,
        factor,
        sums -> {
          if (slice.length() != parameters.length()) {
            throw new IllegalStateException(slice + " has no norms of whole tensors");
          }
          return sums;
        });
  }

  /** How many sums over segments of tensors a slice gives to a {@link TensorwiseUpdate}. */
  int tensorSums(Slice other) {
    return ratios.sumsOf(other);
  }

  private void apply(StepUpdates updates, Part part, Buffers buffers, float factor) {
    for (Segment segment : part.segments()) {
      if (segment.treatment() != Treatment.FROZEN) {
        step(updates, segment, part, buffers, factor);
      }
    }
  }

  /** A segment's whole step. */
  private void step(
      StepUpdates updates, Segment segment, Part part, Buffers buffers, float factor) {
    int at = at(segment);
    int count = (int) segment.length();
    if (segment.treatment() == Treatment.RUNNING_STATISTIC) {
      buffers.values().get(at, part.values(), 0, count);
      buffers.gradients().get(at, part.gradients(), 0, count);
      follow(part.values(), part.gradients(), segment.statisticDecay(), count);
    } else {
      buffers.read(at, part, count);
      clip(part.gradients(), factor, count);
      updates
          .of(segment)
          .apply(part.values(), part.gradients(), part.state(), count, segment.treatment());
      buffers.writeState(at, part, count);
    }
    buffers.values().put(at, part.values(), 0, count);
  }

  /** The first pass of decayed segments; the others need no second. */
  private void prepare(StepUpdates updates, Part part, Buffers buffers, float factor) {
    int sum = part.firstSum();
    for (Segment segment : part.segments()) {
      if (segment.treatment() == Treatment.DECAYED) {
        int at = at(segment);
        int count = (int) segment.length();
        buffers.read(at, part, count);
        clip(part.gradients(), factor, count);
        tensorwise(updates, segment).prepare(part.values(), part.gradients(), part.state(), count);
        buffers.writeState(at, part, count);
        buffers.gradients().put(at, part.gradients(), 0, count);
        tensorSums[sum++] = squares(part.values(), count);
        tensorSums[sum++] = squares(part.gradients(), count);
      } else if (segment.treatment() != Treatment.FROZEN) {
        step(updates, segment, part, buffers, factor);
      }
    }
  }

  private static TensorwiseUpdate tensorwise(StepUpdates updates, Segment segment) {
    return (TensorwiseUpdate) updates.of(segment);
  }

  /** The second pass. */
  private void move(StepUpdates updates, Part part, Buffers buffers, float[] ofTensors) {
    for (Segment segment : part.segments()) {
      if (segment.treatment() == Treatment.DECAYED) {
        int at = at(segment);
        int count = (int) segment.length();
        buffers.read(at, part, count);
        tensorwise(updates, segment)
            .move(
                part.values(), part.gradients(), part.state(), count, ofTensors[segment.tensor()]);
        buffers.writeState(at, part, count);
        buffers.values().put(at, part.values(), 0, count);
      }
    }
  }

  private int at(Segment segment) {
    return Math.toIntExact(segment.offset() - slice.from());
  }

  /** The slice's floats. */
  private record Buffers(FloatBuffer values, FloatBuffer gradients, List<FloatBuffer> state) {
    void read(int at, Part part, int count) {
      values.get(at, part.values(), 0, count);
      gradients.get(at, part.gradients(), 0, count);
      for (int i = 0; i < state.size(); i++) {
        state.get(i).get(at, part.state()[i], 0, count);
      }
    }

    void writeState(int at, Part part, int count) {
      for (int i = 0; i < state.size(); i++) {
        state.get(i).put(at, part.state()[i], 0, count);
      }
    }
  }

  /** The updates of a step. */
  StepUpdates at(long step, double learningRate) {
    return new StepUpdates(optimizer, plan, step, learningRate);
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
