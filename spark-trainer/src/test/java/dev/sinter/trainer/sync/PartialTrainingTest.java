package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.Optimizers;
import dev.sinter.trainer.optimizer.UpdatePlan;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartialTrainingTest {
  private static final int LENGTH = 30_000;
  private static final int LANES = 4;
  private static final int STEPS = 4;
  private static final SyncSettings SHARING = SyncSettings.gradientSharing();
  private static final OptimizerSettings ADAMW =
      OptimizerSettings.of("adamw", StrategyRun.RATE).withWeightDecay(0.01);

  /** By position in {@link SyntheticLanes#layout}: the first half of the vector. */
  private static final Set<Integer> FIRST = Set.of(0);

  /** Normalisation but for its variance, so that what moves is in three ranges with gaps. */
  private static final Set<Integer> BETWEEN = Set.of(1, 2);

  /** What a worker has at the end. */
  private record Result(float[] parameters, long bytesSent, long stateFloats, int stateRanges)
      implements Serializable {
    Result(float[] parameters, StepResult last, List<OptimizerState> states) {
      this(
          parameters,
          last.bytesSent(),
          states.stream().mapToLong(OptimizerState::length).sum(),
          states.size());
    }
  }

  @Provide
  static Arbitrary<String> optimizers() {
    return Arbitraries.of(Optimizers.names());
  }

  @Property(tries = 30)
  void movesTheRestAloneToTheSameBitsOnAnyNumberOfWorkers(
      @ForAll("optimizers") String optimizer,
      @ForAll @IntRange(min = 7, max = 40_000) int length,
      @ForAll @IntRange(min = 1, max = 30) int mask)
      throws Exception {
    Set<Integer> frozen =
        IntStream.range(0, 5)
            .filter(tensor -> (mask >> tensor & 1) == 1)
            .boxed()
            .collect(Collectors.toSet());
    OptimizerSettings settings =
        OptimizerSettings.of(optimizer, StrategyRun.RATE)
            .withWeightDecay(0.01)
            .withGradientClipNorm(2);
    float[] alone = run(SHARING, settings, length, frozen, 1).get(0).parameters();
    float[] initial = SyntheticLanes.initial(length);
    List<ParameterTensor> tensors = SyntheticLanes.layout(length).tensors();
    for (int i = 0; i < tensors.size(); i++) {
      int from = (int) tensors.get(i).offset();
      int to = (int) (from + tensors.get(i).length());
      assertThat(Arrays.equals(alone, from, to, initial, from, to)).isEqualTo(frozen.contains(i));
    }
    for (int workers : new int[] {2, 4}) {
      for (Result result : run(SHARING, settings, length, frozen, workers)) {
        assertThat(result.parameters()).isEqualTo(alone);
      }
    }
  }

  /** The synthetic gradient of a parameter depends on no other. */
  @Test
  void movesTheRestAsIfNothingWereFrozen() throws Exception {
    float[] whole = run(SHARING, ADAMW, LENGTH, Set.of(), 1).get(0).parameters();
    float[] part = run(SHARING, ADAMW, LENGTH, FIRST, 2).get(0).parameters();
    int from = LENGTH / 2;
    assertThat(Arrays.equals(part, from, LENGTH, whole, from, LENGTH)).isTrue();
  }

  @Test
  void leavesTheFrozenOutOfTheNorm() throws Exception {
    float[] mean = new float[LENGTH];
    for (int lane = 0; lane < LANES; lane++) {
      float[] gradient = SyntheticLanes.gradient(1, lane, SyntheticLanes.initial(LENGTH));
      for (int i = 0; i < LENGTH; i++) {
        mean[i] += gradient[i] / LANES;
      }
    }
    double sum = 0;
    for (ParameterTensor tensor : SyntheticLanes.layout(LENGTH).tensors()) {
      boolean counts = tensor.offset() > 0 && tensor.role() == ParameterTensor.Role.TRAINABLE;
      for (int i = 0; counts && i < tensor.length(); i++) {
        sum += (double) mean[(int) tensor.offset() + i] * mean[(int) tensor.offset() + i];
      }
    }
    List<Serializable> norms =
        InMemoryWorkers.run(
            2,
            20,
            exchange -> {
              try (FlatVector parameters = FlatVector.ofFloats(LENGTH)) {
                parameters.floats().put(SyntheticLanes.initial(LENGTH));
                try (Strategy strategy = create(SHARING, ADAMW, FIRST, parameters, exchange)) {
                  return train(strategy, 1, 1, exchange, parameters).gradientNorm();
                }
              }
            });
    assertThat((double) norms.get(1)).isCloseTo(Math.sqrt(sum), within(1e-4));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void neitherSendsNorKeepsStateOfTheFrozen(int workers) throws Exception {
    int moving = LENGTH - LENGTH / 2;
    List<Result> results = run(SHARING, ADAMW, LENGTH, FIRST, workers);
    assertThat(results.stream().mapToLong(Result::stateFloats).sum()).isEqualTo(moving);
    assertThat(results).allSatisfy(result -> assertThat(result.stateRanges()).isEqualTo(1));
    long most = results.stream().mapToLong(Result::stateFloats).max().orElseThrow();
    long fewest = results.stream().mapToLong(Result::stateFloats).min().orElseThrow();
    assertThat(most - fewest).as("slices differ by a block").isLessThanOrEqualTo(UpdatePlan.BLOCK);
    // Each moving float goes to its owner and back to all others; beside it norms and losses.
    long bytes = results.stream().mapToLong(result -> result.bytesSent()).sum();
    long floats = 2L * (workers - 1) * moving * Float.BYTES;
    assertThat(bytes).isBetween(floats, floats + 1000);
  }

  @Test
  void averagesParametersOfTheRestAlone() throws Exception {
    SyncSettings averaging = SyncSettings.parameterAveraging(2);
    List<Result> results = run(averaging, ADAMW, LENGTH, BETWEEN, 2);
    assertThat(results.get(0).parameters()).isEqualTo(results.get(1).parameters());
    assertThat(results.get(0).stateFloats() + results.get(1).stateFloats()).isEqualTo(LENGTH - 2);
    float[] whole = run(averaging, ADAMW, LENGTH, Set.of(), 2).get(0).parameters();
    float[] part = results.get(0).parameters();
    assertThat(Arrays.equals(part, 0, LENGTH / 2, whole, 0, LENGTH / 2)).isTrue();
    assertThat(part[LENGTH / 2]).isEqualTo(SyntheticLanes.initial(LENGTH)[LENGTH / 2]);
  }

  /** With a gap in the state, and a moving average in it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void goesOnToTheSameBitsOnAnotherNumberOfWorkers(int workers) throws Exception {
    OptimizerSettings settings = ADAMW.withAverageDecay(0.3);
    List<Result> undisturbed = run(SHARING, settings, LENGTH, BETWEEN, 2);
    try (Written written = write(settings, BETWEEN)) {
      assertThat(written.parts()).hasSizeGreaterThan(2);
      List<Serializable> results =
          InMemoryWorkers.run(workers, 20, goOn(written, settings, BETWEEN));
      assertThat(results)
          .allSatisfy(result -> assertThat(result).isEqualTo(undisturbed.get(0).parameters()));
    }
  }

  /** What was frozen has no state yet: it begins as it is, with an empty one. */
  @Test
  void goesOnWithMoreThanBefore() throws Exception {
    OptimizerSettings settings = OptimizerSettings.of("sgd", StrategyRun.RATE);
    try (Written written = write(settings, FIRST)) {
      float[] after =
          (float[]) InMemoryWorkers.run(2, 20, goOn(written, settings, Set.of())).get(0);
      float[] expected =
          (float[]) InMemoryWorkers.run(1, 20, goOn(written, settings, Set.of())).get(0);
      float[] still = run(SHARING, settings, LENGTH, FIRST, 1).get(0).parameters();
      assertThat(after).isEqualTo(expected);
      assertThat(Arrays.equals(after, LENGTH / 2, LENGTH, still, LENGTH / 2, LENGTH)).isTrue();
      assertThat(after[0]).isNotEqualTo(SyntheticLanes.initial(LENGTH)[0]);
    }
  }

  /** The parts of a strategy that leaves something unsent in two places. */
  @Test
  void spreadsEveryPartOfWhatIsUnsent() {
    ParameterLayout layout = SyntheticLanes.layout(LENGTH);
    UpdatePlan plan =
        UpdatePlan.of(layout, tensor -> FIRST.contains(layout.tensors().indexOf(tensor)));
    int moving = LENGTH - LENGTH / 2;
    Unsent inner = new Unsent(FlatVector.ofFloats(moving), FlatVector.ofFloats(moving));
    try (FlatVector parameters = FlatVector.ofFloats(LENGTH);
        PartialTraining strategy =
            new PartialTraining(inner, plan, parameters, FlatVector.ofFloats(moving))) {
      inner.first().floats().put(0, 3);
      inner.second().floats().put(0, 5);
      for (int save = 0; save < 2; save++) {
        List<Residual> residuals = strategy.residuals();
        assertThat(residuals.get(0).vectors().get(0).floats().get(LENGTH / 2)).isEqualTo(3);
        assertThat(residuals.get(1).vectors().get(0).floats().get(LENGTH / 2)).isEqualTo(5);
        assertThat(residuals.get(1).vectors().get(0).floats().get(0)).isZero();
      }
    }
  }

  /** Trains nothing. */
  private record Unsent(FlatVector first, FlatVector second) implements Strategy {
    @Override
    public FlatVector gradientBuffer(int lane) {
      return first;
    }

    @Override
    public void laneComputed(int lane, float loss) {
      // nothing to do
    }

    @Override
    public StepResult synchronise(long step, double learningRate) {
      throw new UnsupportedOperationException();
    }

    @Override
    public OptimizerState optimizerState() {
      return new OptimizerState(0, 0, List.of(), 0);
    }

    @Override
    public void restore(OptimizerState part) {
      // has none
    }

    @Override
    public List<Residual> residuals() {
      return List.of(new Residual(0, 2, 0, List.of(first)), new Residual(1, 2, 0, List.of(second)));
    }

    @Override
    public boolean atCheckpointBoundary(long step) {
      return true;
    }

    @Override
    public void close() {
      first.close();
      second.close();
    }
  }

  private static List<Result> run(
      SyncSettings sync, OptimizerSettings optimizer, int length, Set<Integer> frozen, int workers)
      throws Exception {
    return InMemoryWorkers.run(
            workers,
            20,
            exchange -> {
              try (FlatVector parameters = FlatVector.ofFloats(length)) {
                parameters.floats().put(SyntheticLanes.initial(length));
                try (Strategy strategy = create(sync, optimizer, frozen, parameters, exchange)) {
                  StepResult last = train(strategy, 1, STEPS, exchange, parameters);
                  return new Result(StrategyRun.read(parameters), last, strategy.optimizerStates());
                }
              }
            })
        .stream()
        .map(Result.class::cast)
        .toList();
  }

  private static Strategy create(
      SyncSettings sync,
      OptimizerSettings optimizer,
      Set<Integer> frozen,
      FlatVector parameters,
      Exchange exchange) {
    ParameterLayout layout = SyntheticLanes.layout((int) parameters.length());
    UpdatePlan plan =
        UpdatePlan.of(layout, tensor -> frozen.contains(layout.tensors().indexOf(tensor)));
    Lanes lanes = new Lanes(LANES, exchange.workers());
    return Strategies.create(sync, optimizer, plan, lanes, parameters, exchange);
  }

  private static StepResult train(
      Strategy strategy, int from, int to, Exchange exchange, FlatVector parameters) {
    Lanes lanes = new Lanes(LANES, exchange.workers());
    StepResult last = null;
    for (int step = from; step <= to; step++) {
      StrategyRun.compute(strategy, step, lanes, exchange.rank(), StrategyRun.read(parameters));
      last = strategy.synchronise(step, StrategyRun.RATE);
    }
    return last;
  }

  /** What a checkpoint of two workers after two steps holds. */
  private record Written(float[] model, List<OptimizerState> parts) implements AutoCloseable {
    @Override
    public void close() {
      parts.forEach(part -> part.vectors().forEach(FlatVector::close));
    }
  }

  private static Written write(OptimizerSettings settings, Set<Integer> frozen) throws Exception {
    List<OptimizerState> parts = new ArrayList<>();
    List<Serializable> models =
        InMemoryWorkers.run(
            2,
            20,
            exchange -> {
              try (FlatVector parameters = FlatVector.ofFloats(LENGTH)) {
                parameters.floats().put(SyntheticLanes.initial(LENGTH));
                try (Strategy strategy = create(SHARING, settings, frozen, parameters, exchange)) {
                  train(strategy, 1, 2, exchange, parameters);
                  strategy.showAverage(2);
                  synchronized (parts) {
                    strategy.optimizerStates().forEach(state -> parts.add(copy(state)));
                  }
                  return StrategyRun.read(parameters);
                }
              }
            });
    return new Written((float[]) models.get(0), parts);
  }

  private static WorkerBody goOn(Written written, OptimizerSettings settings, Set<Integer> frozen) {
    return exchange -> {
      try (FlatVector parameters = FlatVector.ofFloats(LENGTH)) {
        parameters.floats().put(written.model());
        try (Strategy strategy = create(SHARING, settings, frozen, parameters, exchange)) {
          written.parts().forEach(strategy::restore);
          train(strategy, 3, STEPS, exchange, parameters);
          return StrategyRun.read(parameters);
        }
      }
    };
  }

  private static OptimizerState copy(OptimizerState state) {
    List<FlatVector> vectors = new ArrayList<>();
    int length = (int) state.length();
    for (FlatVector vector : state.vectors()) {
      FlatVector copy = FlatVector.ofFloats(length);
      copy.floats().put(vector.floats(state.vectorOffset(), length));
      vectors.add(copy);
    }
    return new OptimizerState(state.offset(), length, vectors, 0);
  }
}
