package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.UpdatePlan;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds an exponential moving average of parameters and running statistics to a strategy: every
 * worker keeps that of its slice, and all get the whole when it is shown.
 *
 * <p>It begins with the initial weights, and with a lower decay that lets go of them soon. Where
 * workers train apart, it follows their averages alone, with the decay of the steps between. A step
 * that is not finite leaves it as it is. Two more vectors of state: the average, and the trained
 * weights, since a checkpoint's model holds what is shown. What a checkpoint has no average of (it
 * was frozen then) begins as it is there.
 */
final class AveragedWeights implements Strategy {
  private final Strategy strategy;
  private final double decay;
  private final FlatVector parameters;
  private final Exchange exchange;
  private final BlockThreads threads;
  private final Slice slice;
  private final long vectorOffset;
  private final List<Part> parts = new ArrayList<>();
  private final FlatVector average;
  private final FlatVector trained;
  private final FlatVector kept;
  private boolean begun;
  private boolean shown;

  /** What one thread works on, and with. */
  private record Part(float[] values, float[] means) {}

  /**
   * Wraps a strategy.
   *
   * @param decay share of the average that a step keeps, once there were many
   * @param exchange stays the strategy's
   */
  AveragedWeights(
      Strategy strategy,
      double decay,
      BlockThreads threads,
      FlatVector parameters,
      Exchange exchange) {
    this.strategy = strategy;
    this.decay = decay;
    this.parameters = parameters;
    this.exchange = exchange;
    this.threads = threads;
    OptimizerState own = strategy.optimizerState();
    this.slice = new Slice(own.offset(), own.offset() + own.length());
    this.vectorOffset = own.vectorOffset();
    for (int i = 0; i < threads.count(); i++) {
      parts.add(new Part(new float[UpdatePlan.BLOCK], new float[UpdatePlan.BLOCK]));
    }
    // In step with the strategy's own vectors: one offset serves all.
    this.average = FlatVector.ofFloats(vectorOffset + slice.length());
    this.trained = FlatVector.ofFloats(vectorOffset + slice.length());
    this.kept = FlatVector.ofFloats(parameters.length());
  }

  @Override
  public FlatVector gradientBuffer(int lane) {
    return strategy.gradientBuffer(lane);
  }

  @Override
  public void laneComputed(int lane, float loss) {
    strategy.laneComputed(lane, loss);
  }

  @Override
  public StepResult synchronise(long step, double learningRate) {
    if (shown) {
      throw new IllegalStateException("the parameters are the average, not what is trained");
    }
    begin();
    StepResult result = strategy.synchronise(step, learningRate);
    if (strategy.atCheckpointBoundary(step) && result.isFinite()) {
      follow(freshShare(step));
    }
    return result;
  }

  @Override
  public void showAverage(long step) {
    begin();
    kept.floats().put(parameters.floats());
    shown = true;
    List<Transfer> transfers = Gathers.postSlices(exchange, step, "averaged weights", parameters);
    parameters
        .floats(slice.from(), slice.length())
        .put(average.floats(vectorOffset, slice.length()));
    transfers.addAll(Gathers.pushSlice(exchange, step, "averaged weights", parameters));
    transfers.forEach(Transfer::await);
  }

  @Override
  public void showTrained() {
    parameters.floats().put(kept.floats());
    shown = false;
  }

  /** That of the strategy, the average, and the trained weights. */
  @Override
  public OptimizerState optimizerState() {
    FlatVector current = shown ? kept : parameters;
    trained.floats(vectorOffset, slice.length()).put(current.floats(slice.from(), slice.length()));
    OptimizerState own = strategy.optimizerState();
    List<FlatVector> vectors = new ArrayList<>(own.vectors());
    vectors.add(average);
    vectors.add(trained);
    return new OptimizerState(own.offset(), own.length(), vectors, vectorOffset);
  }

  @Override
  public void restore(OptimizerState part) {
    begin();
    int others = part.vectors().size() - 2;
    strategy.restore(
        new OptimizerState(
            part.offset(), part.length(), part.vectors().subList(0, others), part.vectorOffset()));
    long from = Math.max(slice.from(), part.offset());
    int count = (int) (Math.min(slice.to(), part.offset() + part.length()) - from);
    if (count > 0) {
      average
          .floats(vectorOffset + from - slice.from(), count)
          .put(
              part.vectors().get(others).floats(part.vectorOffset() + from - part.offset(), count));
    }
    // Of all slices: every worker needs the whole.
    int length = Math.toIntExact(part.length());
    parameters
        .floats(part.offset(), length)
        .put(part.vectors().get(others + 1).floats(part.vectorOffset(), length));
  }

  @Override
  public List<Residual> residuals() {
    return strategy.residuals();
  }

  @Override
  public void restore(Residual residual) {
    strategy.restore(residual);
  }

  @Override
  public boolean atCheckpointBoundary(long step) {
    return strategy.atCheckpointBoundary(step);
  }

  @Override
  public void close() {
    // First: it closes the exchange, and until then the network may read from the vectors.
    strategy.close();
    average.close();
    trained.close();
    kept.close();
    threads.close();
  }

  private void begin() {
    if (!begun) {
      average
          .floats(vectorOffset, slice.length())
          .put(parameters.floats(slice.from(), slice.length()));
      begun = true;
    }
  }

  /** Share of the parameters after a step: what all steps since the last boundary leave free. */
  private float freshShare(long step) {
    double kept = decayAt(step);
    for (long s = step - 1; s > 0 && !strategy.atCheckpointBoundary(s); s--) {
      kept *= decayAt(s);
    }
    return (float) (1 - kept);
  }

  /** TensorFlow's: few steps are averaged over few. */
  private double decayAt(long step) {
    return Math.min(decay, (1.0 + step) / (10.0 + step));
  }

  private void follow(float fresh) {
    FloatBuffer values = parameters.floats(slice.from(), slice.length());
    FloatBuffer means = average.floats(vectorOffset, slice.length());
    threads.run(
        slice.length(),
        (part, from, to) -> {
          for (int at = from; at < to; at += UpdatePlan.BLOCK) {
            follow(values, means, at, Math.min(UpdatePlan.BLOCK, to - at), fresh, parts.get(part));
          }
        });
  }

  private static void follow(
      FloatBuffer values, FloatBuffer means, int at, int count, float fresh, Part part) {
    float[] value = part.values();
    float[] mean = part.means();
    values.get(at, value, 0, count);
    means.get(at, mean, 0, count);
    for (int i = 0; i < count; i++) {
      mean[i] += fresh * (value[i] - mean[i]);
    }
    means.put(at, mean, 0, count);
  }
}
