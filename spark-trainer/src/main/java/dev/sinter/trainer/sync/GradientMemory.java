package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.Treatment;
import dev.sinter.trainer.optimizer.UpdatePlan;
import dev.sinter.trainer.optimizer.UpdatePlan.Segment;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What one worker keeps of its gradients until it is sent.
 *
 * <p>With SGD the momentum is applied here, before the sum, and forgotten where something is sent
 * (momentum correction and factor masking of Lin et al., "Deep Gradient Compression", 2018): a
 * gradient that waits long then moves the parameters as far as one that was sent at once. The L2
 * penalty of SGD is part of the gradient for the same reason.
 */
final class GradientMemory implements AutoCloseable {
  private static final Treatment PENALISED = Treatment.DECAYED;

  private final BlockThreads threads;
  private final int length;
  private final boolean nesterov;
  private final float momentum;
  private final float penalty;
  private final FlatVector unsent;
  private final List<FlatVector> vectors = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private final MagnitudeHistogram total = new MagnitudeHistogram();

  /** What one thread works on, and with. */
  private record Part(
      List<Segment> segments,
      float[] gradient,
      float[] parameters,
      float[] velocity,
      float[] unsent,
      MagnitudeHistogram histogram,
      SparseElements found) {
    Part(List<Segment> segments) {
      this(
          segments,
          new float[UpdatePlan.BLOCK],
          new float[UpdatePlan.BLOCK],
          new float[UpdatePlan.BLOCK],
          new float[UpdatePlan.BLOCK],
          new MagnitudeHistogram(),
          new SparseElements());
    }
  }

  /**
   * Allocates it.
   *
   * @param share of all lanes that this worker has
   */
  GradientMemory(OptimizerSettings optimizer, UpdatePlan plan, double share, BlockThreads threads) {
    this.threads = threads;
    this.length = Math.toIntExact(plan.length());
    boolean sgd = optimizer.name().equals("sgd");
    this.momentum = sgd ? (float) optimizer.momentum() : 0;
    this.nesterov = optimizer.nesterov();
    this.penalty = sgd ? (float) (optimizer.weightDecay() * share) : 0;
    this.unsent = FlatVector.ofFloats(length);
    vectors.add(unsent);
    if (momentum != 0) {
      vectors.add(FlatVector.ofFloats(length));
    }
    for (int i = 0; i < threads.count(); i++) {
      List<Segment> segments =
          plan.segments(threads.start(i, length), threads.start(i + 1, length)).stream()
              .filter(segment -> segment.treatment().trainable())
              .toList();
      parts.add(new Part(segments));
    }
  }

  /** The optimizer that applies what all workers have sent. */
  static OptimizerSettings afterMemory(OptimizerSettings optimizer) {
    return optimizer.name().equals("sgd")
        ? optimizer.withMomentum(0).withWeightDecay(0)
        : optimizer;
  }

  /** How many elements can be sent: the trainable ones. */
  long candidates() {
    return parts.stream()
        .flatMap(part -> part.segments().stream())
        .mapToLong(Segment::length)
        .sum();
  }

  /**
   * Takes in a step's gradient.
   *
   * @param gradient of this worker's lanes, as their share of the mean over all
   * @param factor multiplied into it, to clip it
   */
  void add(FlatVector gradient, FlatVector parameters, float factor) {
    threads.run(length, (part, from, to) -> add(parts.get(part), gradient, parameters, factor));
  }

  private void add(Part part, FlatVector gradient, FlatVector parameters, float factor) {
    FloatBuffer gradients = gradient.floats();
    FloatBuffer values = parameters.floats();
    FloatBuffer sums = unsent.floats();
    FloatBuffer velocities = momentum == 0 ? null : vectors.get(1).floats();
    for (Segment segment : part.segments()) {
      int at = Math.toIntExact(segment.offset());
      int count = (int) segment.length();
      gradients.get(at, part.gradient(), 0, count);
      sums.get(at, part.unsent(), 0, count);
      multiply(part.gradient(), factor, count);
      if (penalty != 0 && segment.treatment() == PENALISED) {
        values.get(at, part.parameters(), 0, count);
        addScaled(part.gradient(), part.parameters(), penalty, count);
      }
      if (velocities == null) {
        addScaled(part.unsent(), part.gradient(), 1, count);
      } else {
        velocities.get(at, part.velocity(), 0, count);
        move(part, count);
        velocities.put(at, part.velocity(), 0, count);
      }
      sums.put(at, part.unsent(), 0, count);
    }
  }

  private void move(Part part, int count) {
    float[] velocity = part.velocity();
    float[] gradient = part.gradient();
    float[] sum = part.unsent();
    float kept = momentum;
    if (nesterov) {
      for (int i = 0; i < count; i++) {
        float moved = kept * velocity[i] + gradient[i];
        velocity[i] = moved;
        sum[i] += gradient[i] + kept * moved;
      }
    } else {
      for (int i = 0; i < count; i++) {
        float moved = kept * velocity[i] + gradient[i];
        velocity[i] = moved;
        sum[i] += moved;
      }
    }
  }

  /** Bits of a magnitude that the wanted number of elements reaches, or a few more. */
  int floorFor(long wanted) {
    threads.run(length, (part, from, to) -> count(parts.get(part)));
    total.clear();
    parts.forEach(part -> total.add(part.histogram()));
    return total.floorFor(wanted);
  }

  private void count(Part part) {
    part.histogram().clear();
    FloatBuffer sums = unsent.floats();
    for (Segment segment : part.segments()) {
      sums.get((int) segment.offset(), part.unsent(), 0, (int) segment.length());
      for (int i = 0; i < segment.length(); i++) {
        part.histogram().add(part.unsent()[i]);
      }
    }
  }

  /** Replaces the elements by those whose magnitude has at least these bits. */
  void select(int floorBits, SparseElements into) {
    threads.run(length, (part, from, to) -> select(parts.get(part), floorBits));
    into.clear();
    for (Part part : parts) {
      for (int i = 0; i < part.found().count(); i++) {
        into.add(part.found().position(i), part.found().value(i));
      }
    }
  }

  private void select(Part part, int floorBits) {
    part.found().clear();
    FloatBuffer sums = unsent.floats();
    float[] block = part.unsent();
    for (Segment segment : part.segments()) {
      int at = (int) segment.offset();
      sums.get(at, block, 0, (int) segment.length());
      for (int i = 0; i < segment.length(); i++) {
        int bits = Float.floatToRawIntBits(block[i]) & MagnitudeHistogram.MAGNITUDE;
        if (bits >= floorBits) {
          part.found().add(at + i, block[i]);
        }
      }
    }
  }

  /** Takes out what was sent. */
  void sent(SparseElements elements) {
    FloatBuffer sums = unsent.floats();
    for (int i = 0; i < elements.count(); i++) {
      int at = elements.position(i);
      sums.put(at, sums.get(at) - elements.value(i));
    }
    if (momentum != 0) {
      FloatBuffer velocities = vectors.get(1).floats();
      for (int i = 0; i < elements.count(); i++) {
        velocities.put(elements.position(i), 0);
      }
    }
  }

  /** The unsent gradients, then the momentum where there is one. */
  List<FlatVector> vectors() {
    return vectors;
  }

  /** Adds a share of another memory. */
  void addShare(List<FlatVector> others, float share) {
    for (int i = 0; i < vectors.size(); i++) {
      FloatBuffer to = vectors.get(i).floats();
      FloatBuffer from = others.get(i).floats();
      for (int at = 0; at < length; at++) {
        to.put(at, to.get(at) + share * from.get(at));
      }
    }
  }

  @Override
  public void close() {
    vectors.forEach(FlatVector::close);
  }

  private static void multiply(float[] values, float factor, int count) {
    if (factor != 1) {
      for (int i = 0; i < count; i++) {
        values[i] *= factor;
      }
    }
  }

  private static void addScaled(float[] to, float[] from, float factor, int count) {
    for (int i = 0; i < count; i++) {
      to[i] += factor * from[i];
    }
  }
}
