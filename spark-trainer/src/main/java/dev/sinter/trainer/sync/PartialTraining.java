package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.UpdatePlan;
import dev.sinter.trainer.optimizer.UpdatePlan.Range;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains what is not frozen: a strategy works on the moving ranges of the flat vector as if they
 * were the whole. So frozen ones are in no message, no slice, no norm and no optimizer state,
 * whatever the strategy, and its promises hold for the rest.
 *
 * <p>Costs a copy of the moving floats per lane and two per step, within memory.
 */
final class PartialTraining implements Strategy {
  private final Strategy strategy;
  private final List<Range> ranges;
  private final FlatVector parameters;
  private final FlatVector moving;
  private final List<FlatVector> allocated = new ArrayList<>();
  private final List<FlatVector> unsent = new ArrayList<>();
  private final Deque<FlatVector> free = new ArrayDeque<>();
  private final Map<Integer, FlatVector> filling = new HashMap<>();

  /**
   * Wraps a strategy.
   *
   * @param strategy over {@code moving}
   * @param plan with the frozen ranges
   * @param parameters the flat vector
   * @param moving the strategy's parameters; closed with it
   */
  PartialTraining(Strategy strategy, UpdatePlan plan, FlatVector parameters, FlatVector moving) {
    this.strategy = strategy;
    this.ranges = plan.moving();
    this.parameters = parameters;
    this.moving = moving;
  }

  @Override
  public synchronized FlatVector gradientBuffer(int lane) {
    strategy.gradientBuffer(lane);
    return filling.computeIfAbsent(lane, l -> takeFree());
  }

  @Override
  public void laneComputed(int lane, float loss) {
    FlatVector whole;
    synchronized (this) {
      whole = filling.remove(lane);
    }
    if (whole == null) {
      throw new IllegalStateException("lane " + lane + " has no gradient in this step");
    }
    gather(whole, strategy.gradientBuffer(lane));
    synchronized (this) {
      free.push(whole);
    }
    strategy.laneComputed(lane, loss);
  }

  @Override
  public StepResult synchronise(long step, double learningRate) {
    gather(parameters, moving);
    StepResult result = strategy.synchronise(step, learningRate);
    scatter();
    return result;
  }

  @Override
  public void showAverage(long step) {
    gather(parameters, moving);
    strategy.showAverage(step);
    scatter();
  }

  @Override
  public void showTrained() {
    strategy.showTrained();
    scatter();
  }

  /** Several ranges where something between is frozen. */
  @Override
  public List<OptimizerState> optimizerStates() {
    List<OptimizerState> states = new ArrayList<>();
    for (OptimizerState state : strategy.optimizerStates()) {
      for (Range range : ranges) {
        long from = Math.max(state.offset(), range.start());
        long to = Math.min(state.offset() + state.length(), range.start() + range.length());
        if (from < to) {
          states.add(
              new OptimizerState(
                  range.offset() + from - range.start(),
                  to - from,
                  state.vectors(),
                  state.vectorOffset() + from - state.offset()));
        }
      }
    }
    if (states.isEmpty()) {
      OptimizerState nothing = strategy.optimizerState();
      states.add(new OptimizerState(0, 0, nothing.vectors(), nothing.vectorOffset()));
    }
    return states;
  }

  @Override
  public OptimizerState optimizerState() {
    List<OptimizerState> states = optimizerStates();
    if (states.size() != 1) {
      throw new IllegalStateException("the optimizer state is in " + states.size() + " ranges");
    }
    return states.get(0);
  }

  @Override
  public void restore(OptimizerState part) {
    gather(parameters, moving);
    for (Range range : ranges) {
      long from = Math.max(part.offset(), range.offset());
      long to = Math.min(part.offset() + part.length(), range.offset() + range.length());
      if (from < to) {
        strategy.restore(
            new OptimizerState(
                range.start() + from - range.offset(),
                to - from,
                part.vectors(),
                part.vectorOffset() + from - part.offset()));
      }
    }
    scatter();
  }

  /** As long as the flat vector, so that it stays of use when more of it moves. */
  @Override
  public List<Residual> residuals() {
    List<Residual> whole = new ArrayList<>();
    int used = 0;
    for (Residual part : strategy.residuals()) {
      List<FlatVector> vectors = new ArrayList<>();
      for (FlatVector vector : part.vectors()) {
        FlatVector spread = unsentVector(used++);
        for (Range range : ranges) {
          copy(vector, range.start(), spread, range.offset(), range.length());
        }
        vectors.add(spread);
      }
      whole.add(new Residual(part.worker(), part.workers(), part.threshold(), vectors));
    }
    return whole;
  }

  /** Zero where something is frozen; kept for the next checkpoint. */
  private FlatVector unsentVector(int index) {
    while (unsent.size() <= index) {
      unsent.add(FlatVector.ofFloats(parameters.length()));
    }
    return unsent.get(index);
  }

  @Override
  public void restore(Residual whole) {
    List<FlatVector> vectors = new ArrayList<>();
    try {
      for (FlatVector vector : whole.vectors()) {
        FlatVector part = FlatVector.ofFloats(moving.length());
        vectors.add(part);
        gather(vector, part);
      }
      strategy.restore(new Residual(whole.worker(), whole.workers(), whole.threshold(), vectors));
    } finally {
      vectors.forEach(FlatVector::close);
    }
  }

  @Override
  public boolean atCheckpointBoundary(long step) {
    return strategy.atCheckpointBoundary(step);
  }

  @Override
  public void close() {
    // First: it closes the exchange, and until then the network may use its parameters.
    strategy.close();
    moving.close();
    synchronized (this) {
      allocated.forEach(FlatVector::close);
      allocated.clear();
      unsent.forEach(FlatVector::close);
      unsent.clear();
    }
  }

  private FlatVector takeFree() {
    if (free.isEmpty()) {
      FlatVector vector = FlatVector.ofFloats(parameters.length());
      allocated.add(vector);
      return vector;
    }
    return free.pop();
  }

  private void gather(FlatVector whole, FlatVector part) {
    for (Range range : ranges) {
      copy(whole, range.offset(), part, range.start(), range.length());
    }
  }

  private void scatter() {
    for (Range range : ranges) {
      copy(moving, range.start(), parameters, range.offset(), range.length());
    }
  }

  private static void copy(FlatVector from, long at, FlatVector to, long start, int length) {
    to.bytes(start, length).put(from.bytes(at, length));
  }
}
