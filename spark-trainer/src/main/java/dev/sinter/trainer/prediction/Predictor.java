package dev.sinter.trainer.prediction;

import dev.sinter.dataset.Normalization;
import dev.sinter.dataset.Sample;
import dev.sinter.dataset.Task;
import dev.sinter.trainer.data.SampleInputs;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.Engines;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.NativeLibraries;
import dev.sinter.trainer.engine.Replica;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.engine.device.SparkDevices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.spark.TaskContext;

/**
 * Predicts samples one after the other within one task: the mean of what all models say of all
 * flips of a sample, summed in a fixed order. Replicas and buffers are made once; no more samples
 * than one forward pass takes are held.
 */
final class Predictor implements AutoCloseable {
  /** Samples of a forward pass of an evaluation, whatever their size. */
  static final int EVALUATED_SAMPLES = 8;

  private static final int MOST_SAMPLES = 32;
  private static final int MOST_ROWS = 256;

  /** About what 32 gray images of 256 x 256 pixels are. */
  private static final long VALUES_PER_PASS = 2L << 20;

  /** Receives each sample's probabilities. */
  @FunctionalInterface
  interface Receiver {
    /**
     * Takes one sample.
     *
     * @param probabilities (samples, classes[, depth][, height, width])
     * @param offset where this sample's begin
     */
    void accept(Sample sample, FloatBuffer probabilities, int offset);
  }

  /** One model, ready to compute. */
  private record Member(Normalization normalization, FlatVector parameters, Replica replica) {}

  private final List<Member> members = new ArrayList<>();
  private final List<Set<Flip>> turns;
  private final int[] extents;
  private final boolean positional;
  private final boolean averaged;
  private final int outputsPerSample;
  private final Batch batch;
  private final Batch turned;
  private final FloatBuffer probabilities;
  private final FloatBuffer turnedBack;
  private final FloatBuffer sums;

  /** One model, each sample as it is. */
  Predictor(ShippedModel model) {
    this(List.of(model), Set.of(), EVALUATED_SAMPLES);
  }

  /**
   * Several models of one preparation.
   *
   * @param flips axes that samples are also predicted flipped along, in every combination
   * @param microBatchSize samples of a forward pass
   */
  Predictor(List<ShippedModel> models, Set<Flip> flips, int microBatchSize) {
    NativeLibraries.load("org.nd4j.linalg.factory.Nd4j");
    ShippedModel first = models.get(0);
    List<Integer> shape = first.network().spec().input().dimensions();
    this.turns = Flip.combinations(flips);
    this.extents = extents(shape);
    this.positional = first.dataset().task() == Task.SEGMENTATION;
    long positions = positional ? first.dataset().preparation().positions() : 1;
    this.outputsPerSample = Math.toIntExact(first.network().spec().classes() * positions);
    // New images have no masks, whatever the task.
    this.batch = Batch.of(microBatchSize, shape, Batch.Labels.PER_SAMPLE);
    this.turned =
        turns.size() == 1 ? batch : Batch.of(microBatchSize, shape, Batch.Labels.PER_SAMPLE);
    this.averaged = models.size() * turns.size() > 1;
    this.probabilities = outputs(microBatchSize);
    this.turnedBack = turns.size() == 1 ? probabilities : outputs(microBatchSize);
    this.sums = averaged ? outputs(microBatchSize) : probabilities;
    try {
      models.forEach(model -> members.add(member(model)));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static Member member(ShippedModel model) {
    FlatVector parameters = model.loadParameters();
    try {
      EngineSettings settings = settings(model.engine(), SparkDevices.ofTask(TaskContext.get()));
      return new Member(
          model.dataset().normalization(),
          parameters,
          Engines.byName(settings).createReplica(model.network(), parameters));
    } catch (RuntimeException | Error e) {
      parameters.close();
      throw e;
    }
  }

  private FloatBuffer outputs(int samples) {
    return ByteBuffer.allocateDirect(
            Math.toIntExact((long) samples * outputsPerSample * Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** {@code [depth, height, width]} of what can be flipped. */
  private static int[] extents(List<Integer> shape) {
    int axes = shape.size();
    return axes < 3
        ? new int[] {1, 1, 1}
        : new int[] {axes == 3 ? 1 : shape.get(1), shape.get(axes - 2), shape.get(axes - 1)};
  }

  /** How many samples of this shape a forward pass takes: small ones many, large ones few. */
  static int microBatchSize(List<Integer> shape) {
    long values = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    int most = shape.size() == 1 ? MOST_ROWS : MOST_SAMPLES;
    return (int) Math.max(1, Math.min(most, VALUES_PER_PASS / values));
  }

  /** Processors refuse fp16, but a model that GPUs trained in it has the same fp32 parameters. */
  static EngineSettings settings(EngineSettings trained, ComputeDevice device) {
    EngineSettings settings = trained.on(device);
    return settings.precision() == ComputePrecision.FP16 && !device.isCuda()
        ? settings.with(ComputePrecision.FP32)
        : settings;
  }

  /** Predicts all samples, in order. */
  void predict(Iterator<Sample> samples, Receiver receiver) {
    predict(samples, () -> false, receiver);
  }

  /**
   * Predicts all samples, in order.
   *
   * @param enough whether what was taken shall be predicted before more is
   */
  void predict(Iterator<Sample> samples, BooleanSupplier enough, Receiver receiver) {
    List<Sample> gathered = new ArrayList<>(batch.samples());
    while (samples.hasNext()) {
      gathered.add(samples.next());
      boolean full = gathered.size() == batch.samples() || enough.getAsBoolean();
      if (full || !samples.hasNext()) {
        compute(gathered);
        for (int i = 0; i < gathered.size(); i++) {
          receiver.accept(gathered.get(i), sums, i * outputsPerSample);
        }
        gathered.clear();
      }
    }
  }

  private void compute(List<Sample> samples) {
    boolean first = true;
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      if (i == 0 || !member.normalization().equals(members.get(i - 1).normalization())) {
        SampleInputs inputs = new SampleInputs(member.normalization());
        for (int place = 0; place < samples.size(); place++) {
          inputs.put(samples.get(place), place, batch);
        }
      }
      for (Set<Flip> turn : turns) {
        add(predicted(member, turn), first);
        first = false;
      }
    }
    if (averaged) {
      float share = 1f / (members.size() * turns.size());
      for (int i = 0; i < sums.capacity(); i++) {
        sums.put(i, sums.get(i) * share);
      }
    }
  }

  private FloatBuffer predicted(Member member, Set<Flip> turn) {
    if (turn.isEmpty()) {
      member.replica().predict(batch, probabilities);
      return probabilities;
    }
    Flip.turn(batch.inputs(), turned.inputs(), extents, turn);
    member.replica().predict(turned, probabilities);
    if (!positional) {
      return probabilities;
    }
    Flip.turn(probabilities, turnedBack, extents, turn);
    return turnedBack;
  }

  private void add(FloatBuffer values, boolean first) {
    for (int i = 0; i < sums.capacity() && averaged; i++) {
      sums.put(i, first ? values.get(i) : sums.get(i) + values.get(i));
    }
  }

  /** The most probable class of each pixel of one sample; the lower one of a tie. */
  static byte[] mostProbable(FloatBuffer probabilities, int offset, int classes, int pixels) {
    byte[] prediction = new byte[pixels];
    for (int i = 0; i < pixels; i++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        if (probabilities.get(offset + c * pixels + i)
            > probabilities.get(offset + best * pixels + i)) {
          best = c;
        }
      }
      prediction[i] = (byte) best;
    }
    return prediction;
  }

  @Override
  public void close() {
    members.forEach(
        member -> {
          member.replica().close();
          member.parameters().close();
        });
  }
}
