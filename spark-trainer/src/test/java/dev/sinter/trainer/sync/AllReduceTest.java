package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.engine.FlatVector;
import java.io.Serializable;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllReduceTest {
  private static final int CALLS = 3;

  @Property(tries = 40)
  void givesThePlainMeansBits(
      @ForAll @IntRange(min = 1, max = 5) int workers,
      @ForAll @IntRange(min = 1, max = 20_000) int length,
      @ForAll @IntRange(min = 1, max = 3) int threads)
      throws Exception {
    check(workers, length, threads);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void givesThemInSeveralChunks(int workers) throws Exception {
    check(workers, workers * Chunk.FLOATS * 2 + 5_000, 2);
  }

  private static void check(int workers, int length, int threads) throws Exception {
    float[][] vectors =
        IntStream.range(0, workers).mapToObj(rank -> random(rank, length)).toArray(float[][]::new);
    float[] expected = vectors[0].clone();
    for (int call = 0; call < CALLS; call++) {
      expected = mean(vectors);
      for (int rank = 0; rank < workers; rank++) {
        vectors[rank] = expected.clone();
        vectors[rank][0] += rank;
      }
    }
    List<Serializable> results =
        InMemoryWorkers.run(workers, 30, exchange -> run(exchange, length, threads));
    for (Serializable result : results) {
      assertThat((float[]) result).isEqualTo(expected);
    }
  }

  /** Calls that each change the result of the one before. */
  private static float[] run(Exchange exchange, int length, int threads) {
    try (FlatVector vector = FlatVector.ofFloats(length);
        AllReduce allReduce = AllReduce.mean(exchange, length, threads)) {
      vector.floats().put(random(exchange.rank(), length));
      for (int call = 1; call <= CALLS; call++) {
        allReduce.run(call, vector);
        if (call < CALLS) {
          vector.floats().put(0, vector.floats().get(0) + exchange.rank());
        }
      }
      return StrategyRun.read(vector);
    }
  }

  /** Pairs first, then pairs of pairs; what has no pair is added last. */
  private static float[] mean(float[][] vectors) {
    float[] mean = new float[vectors[0].length];
    for (int i = 0; i < mean.length; i++) {
      float sum =
          switch (vectors.length) {
            case 1 -> vectors[0][i];
            case 2 -> vectors[0][i] + vectors[1][i];
            case 3 -> vectors[0][i] + vectors[1][i] + vectors[2][i];
            case 4 -> (vectors[0][i] + vectors[1][i]) + (vectors[2][i] + vectors[3][i]);
            default ->
                (vectors[0][i] + vectors[1][i]) + (vectors[2][i] + vectors[3][i]) + vectors[4][i];
          };
      mean[i] = vectors.length == 1 ? sum : sum * (1f / vectors.length);
    }
    return mean;
  }

  private static float[] random(int rank, int length) {
    SplittableRandom random = new SplittableRandom(rank);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
