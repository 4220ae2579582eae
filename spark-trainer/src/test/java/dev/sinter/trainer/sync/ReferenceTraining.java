package dev.sinter.trainer.sync;

import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.optimizer.Optimizer;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.Optimizers;
import dev.sinter.trainer.optimizer.Treatment;
import java.util.Arrays;

/** One worker of slow, whole-vector training without blocks, slices or an exchange. */
final class ReferenceTraining {
  private final ParameterLayout layout;
  private final OptimizerSettings settings;
  private final Optimizer optimizer;
  final float[] parameters;
  final float[][] state;

  ReferenceTraining(ParameterLayout layout, OptimizerSettings settings) {
    this.layout = layout;
    this.settings = settings;
    this.optimizer = Optimizers.create(settings);
    this.parameters = SyntheticLanes.initial((int) layout.length());
    this.state = new float[optimizer.stateVectors()][parameters.length];
  }

  /** One step on lanes {@code [from, to)}. */
  void step(long step, double rate, int from, int to) {
    float[] mean = sum(step, from, to);
    for (int i = 0; i < mean.length; i++) {
      mean[i] *= 1f / (to - from);
    }
    apply(step, rate, mean);
  }

  /** One step with a mean gradient. */
  void apply(long step, double rate, float[] mean) {
    float factor = Gradients.clipFactor(norm(mean), settings.gradientClipNorm());
    for (ParameterTensor tensor : layout.tensors()) {
      int start = (int) tensor.offset();
      int end = (int) (start + tensor.length());
      if (tensor.role() == ParameterTensor.Role.TRAINABLE) {
        update(step, rate, factor, mean, start, end, tensor.shape().length > 1);
      } else {
        for (int i = start; i < end; i++) {
          parameters[i] = 0.9f * parameters[i] + (1 - 0.9f) * mean[i];
        }
      }
    }
  }

  private void update(
      long step, double rate, float factor, float[] mean, int start, int end, boolean decayed) {
    for (int i = start; i < end; i++) {
      float[] parameter = {parameters[i]};
      float[][] cell = new float[state.length][1];
      for (int k = 0; k < state.length; k++) {
        cell[k][0] = state[k][i];
      }
      float gradient = factor == 1 ? mean[i] : mean[i] * factor;
      optimizer
          .at(step, rate)
          .apply(
              parameter,
              new float[] {gradient},
              cell,
              1,
              decayed ? Treatment.DECAYED : Treatment.UNDECAYED);
      parameters[i] = parameter[0];
      for (int k = 0; k < state.length; k++) {
        state[k][i] = cell[k][0];
      }
    }
  }

  /** Splits where the tree over all lanes does: at the largest power of two within the range. */
  float[] sum(long step, int from, int to) {
    if (to - from == 1) {
      return SyntheticLanes.gradient(step, from, parameters);
    }
    int span = Integer.highestOneBit(to - 1);
    while (span > 0 && (to - 1) / span * span <= from) {
      span /= 2;
    }
    int middle = (to - 1) / span * span;
    float[] left = sum(step, from, middle);
    float[] right = sum(step, middle, to);
    for (int i = 0; i < left.length; i++) {
      left[i] += right[i];
    }
    return left;
  }

  private double norm(float[] mean) {
    double sum = 0;
    for (ParameterTensor tensor : layout.tensors()) {
      if (tensor.role() == ParameterTensor.Role.TRAINABLE) {
        for (int i = 0; i < tensor.length(); i++) {
          sum += (double) mean[(int) tensor.offset() + i] * mean[(int) tensor.offset() + i];
        }
      }
    }
    return Math.sqrt(sum);
  }

  /** Averages parameters and state over workers, weighted by lanes, in the order of ranks. */
  static void average(ReferenceTraining[] workers, Lanes lanes) {
    averageVector(Arrays.stream(workers).map(w -> w.parameters).toArray(float[][]::new), lanes);
    for (int k = 0; k < workers[0].state.length; k++) {
      int vector = k;
      averageVector(
          Arrays.stream(workers).map(w -> w.state[vector]).toArray(float[][]::new), lanes);
    }
  }

  private static void averageVector(float[][] vectors, Lanes lanes) {
    for (int i = 0; i < vectors[0].length; i++) {
      float sum = 0;
      for (int worker = 0; worker < vectors.length; worker++) {
        sum += vectors[worker][i] * ((float) lanes.ofWorker(worker) / lanes.count());
      }
      for (float[] vector : vectors) {
        vector[i] = sum;
      }
    }
  }
}
