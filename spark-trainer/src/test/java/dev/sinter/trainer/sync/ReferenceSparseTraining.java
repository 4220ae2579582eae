package dev.sinter.trainer.sync;

import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.sync.Compression.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All workers of sparse gradient sharing in one loop over plain arrays; nothing is encoded. */
final class ReferenceSparseTraining {
  private final Compression compression;
  private final OptimizerSettings settings;
  private final ParameterLayout layout;
  private final Lanes lanes;
  private final ReferenceTraining shared;
  private final float[][] unsent;
  private final float[][] velocity;
  private final float[] threshold;
  private final List<Integer> trainable = new ArrayList<>();
  private final boolean[] decayed;

  ReferenceSparseTraining(
      Compression compression, OptimizerSettings settings, Lanes lanes, int length) {
    this.compression = compression;
    this.settings = settings;
    this.layout = SyntheticLanes.layout(length);
    this.lanes = lanes;
    boolean sgd = settings.name().equals("sgd");
    this.shared =
        new ReferenceTraining(layout, sgd ? settings.withMomentum(0).withWeightDecay(0) : settings);
    this.unsent = new float[lanes.workers()][length];
    this.velocity = new float[lanes.workers()][length];
    this.threshold = new float[lanes.workers()];
    this.decayed = new boolean[length];
    for (ParameterTensor tensor : layout.tensors()) {
      for (int i = 0; i < tensor.length(); i++) {
        int at = (int) tensor.offset() + i;
        decayed[at] = tensor.shape().length > 1;
        if (tensor.role() == ParameterTensor.Role.TRAINABLE) {
          trainable.add(at);
        }
      }
    }
  }

  float[] parameters() {
    return shared.parameters;
  }

  void step(long step, double rate) {
    float[] combined = new float[shared.parameters.length];
    for (int worker = 0; worker < lanes.workers(); worker++) {
      float[] gradient = shared.sum(step, lanes.first(worker), lanes.end(worker));
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= 1f / lanes.count();
      }
      remember(worker, gradient);
      List<Integer> selected = select(worker, step);
      for (int i : selected) {
        float sent = sent(unsent[worker][i], threshold[worker]);
        unsent[worker][i] -= sent;
        velocity[worker][i] = 0;
        combined[i] += sent;
      }
      for (ParameterTensor tensor : layout.tensors()) {
        if (tensor.role() != ParameterTensor.Role.TRAINABLE) {
          for (int i = 0; i < tensor.length(); i++) {
            combined[(int) tensor.offset() + i] += gradient[(int) tensor.offset() + i];
          }
        }
      }
      if (compression.kind() == Kind.THRESHOLD) {
        threshold[worker] =
            AdaptiveThreshold.next(threshold[worker], selected.size(), wanted(step + 1));
      }
    }
    shared.apply(step, rate, combined);
  }

  private void remember(int worker, float[] gradient) {
    boolean sgd = settings.name().equals("sgd");
    double share = (double) lanes.ofWorker(worker) / lanes.count();
    float penalty = (float) (settings.weightDecay() * share);
    float momentum = (float) settings.momentum();
    for (int i : trainable) {
      float fresh = gradient[i];
      if (sgd && decayed[i] && penalty != 0) {
        fresh += penalty * shared.parameters[i];
      }
      if (!sgd || momentum == 0) {
        unsent[worker][i] += fresh;
        continue;
      }
      float moved = momentum * velocity[worker][i] + fresh;
      velocity[worker][i] = moved;
      unsent[worker][i] += settings.nesterov() ? fresh + momentum * moved : moved;
    }
  }

  private List<Integer> select(int worker, long step) {
    List<Integer> ordered = new ArrayList<>(trainable);
    float[] values = unsent[worker];
    ordered.sort(Comparator.comparing(i -> -Math.abs(values[i])));
    int wanted = (int) wanted(step);
    if (compression.kind() == Kind.TOP_K) {
      return ordered.subList(0, wanted).stream().filter(i -> values[i] != 0).sorted().toList();
    }
    long above = trainable.stream().filter(i -> Math.abs(values[i]) >= threshold[worker]).count();
    if (threshold[worker] == 0 || above > 2L * wanted) {
      int bits = Float.floatToRawIntBits(Math.abs(values[ordered.get(wanted - 1)]));
      threshold[worker] = Float.intBitsToFloat(Math.max(1, bits & 0xffff_0000));
    }
    return trainable.stream().filter(i -> Math.abs(values[i]) >= threshold[worker]).toList();
  }

  private long wanted(long step) {
    return Math.max(1, Math.round(compression.densityAt(step) * trainable.size()));
  }

  private float sent(float value, float unit) {
    if (compression.kind() == Kind.TOP_K) {
      int bits = Float.floatToRawIntBits(value);
      return Float.intBitsToFloat((bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff_0000);
    }
    int times = (int) Math.min(256, Math.abs(value) / unit);
    return Math.copySign(times * unit, value);
  }
}
