package dev.sinter.trainer.sync;

import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import java.util.Arrays;

/** LAMB and LARS tensor by tensor in double arithmetic, after the algorithms of their papers. */
final class TensorwiseReference {
  private final ParameterLayout layout;
  private final OptimizerSettings settings;
  private final double[] first;
  private final double[] second;
  final double[] parameters;

  TensorwiseReference(ParameterLayout layout, OptimizerSettings settings) {
    this.layout = layout;
    this.settings = settings;
    int length = (int) layout.length();
    first = new double[length];
    second = new double[length];
    float[] initial = SyntheticLanes.initial(length);
    parameters = new double[length];
    Arrays.setAll(parameters, i -> initial[i]);
  }

  void step(long step, double rate, int lanes) {
    double[] mean = mean(step, lanes);
    for (ParameterTensor tensor : layout.tensors()) {
      int from = (int) tensor.offset();
      int to = (int) (from + tensor.length());
      if (tensor.role() != ParameterTensor.Role.TRAINABLE) {
        for (int i = from; i < to; i++) {
          parameters[i] = 0.9 * parameters[i] + 0.1 * mean[i];
        }
      } else if (settings.name().equals("lamb")) {
        lamb(step, rate, mean, from, to, tensor.shape().length > 1);
      } else {
        lars(rate, mean, from, to, tensor.shape().length > 1);
      }
    }
  }

  private void lamb(long step, double rate, double[] mean, int from, int to, boolean decayed) {
    double[] direction = new double[to];
    for (int i = from; i < to; i++) {
      first[i] = settings.beta1() * first[i] + (1 - settings.beta1()) * mean[i];
      second[i] = settings.beta2() * second[i] + (1 - settings.beta2()) * mean[i] * mean[i];
      double m = first[i] / (1 - Math.pow(settings.beta1(), (double) step));
      double v = second[i] / (1 - Math.pow(settings.beta2(), (double) step));
      direction[i] = m / (Math.sqrt(v) + settings.epsilon());
      if (decayed) {
        direction[i] += settings.weightDecay() * parameters[i];
      }
    }
    double ratio = decayed ? norm(parameters, from, to) / norm(direction, from, to) : 1;
    for (int i = from; i < to; i++) {
      parameters[i] -= rate * ratio * direction[i];
    }
  }

  private void lars(double rate, double[] mean, int from, int to, boolean decayed) {
    double ofParameters = norm(parameters, from, to);
    double decay = decayed ? settings.weightDecay() : 0;
    double ratio =
        decayed
            ? settings.trustCoefficient()
                * ofParameters
                / (norm(mean, from, to) + decay * ofParameters)
            : 1;
    for (int i = from; i < to; i++) {
      first[i] = settings.momentum() * first[i] + rate * ratio * (mean[i] + decay * parameters[i]);
      parameters[i] -= first[i];
    }
  }

  private double[] mean(long step, int lanes) {
    float[] rounded = new float[parameters.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) parameters[i];
    }
    double[] mean = new double[rounded.length];
    for (int lane = 0; lane < lanes; lane++) {
      float[] gradient = SyntheticLanes.gradient(step, lane, rounded);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += gradient[i] / (double) lanes;
      }
    }
    double sum = 0;
    for (ParameterTensor tensor : layout.tensors()) {
      if (tensor.role() == ParameterTensor.Role.TRAINABLE) {
        double norm = norm(mean, (int) tensor.offset(), (int) (tensor.offset() + tensor.length()));
        sum += norm * norm;
      }
    }
    double factor =
        settings.gradientClipNorm() == 0
            ? 1
            : Math.min(1, settings.gradientClipNorm() / Math.sqrt(sum));
    for (ParameterTensor tensor : layout.tensors()) {
      if (tensor.role() == ParameterTensor.Role.TRAINABLE) {
        for (int i = 0; i < tensor.length(); i++) {
          mean[(int) tensor.offset() + i] *= factor;
        }
      }
    }
    return mean;
  }

  private static double norm(double[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i] * values[i];
    }
    return Math.sqrt(sum);
  }
}
