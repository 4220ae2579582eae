package dev.sinter.trainer.bench;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.sync.AllReduce;
import dev.sinter.trainer.sync.SparkExchange;
import java.nio.FloatBuffer;

/** The mean of a vector over all workers, in place. */
final class AllReduceLoop implements SyncLoop {
  private final FlatVector vector;
  private final AllReduce allReduce;

  AllReduceLoop(SyncCase sync, SparkExchange exchange) {
    this.vector = FlatVector.ofFloats(sync.floats());
    this.allReduce = AllReduce.mean(exchange, sync.floats(), 1);
    check(exchange);
  }

  /** What is measured has to be right. */
  private void check(SparkExchange exchange) {
    FloatBuffer floats = vector.floats();
    for (int i = 0; i < floats.capacity(); i++) {
      floats.put(i, exchange.rank() + i % 1024);
    }
    allReduce.run(0, vector);
    float mean = (exchange.workers() - 1) / 2f;
    for (int i = 0; i < floats.capacity(); i++) {
      if (Math.abs(floats.get(i) - (mean + i % 1024)) > 1e-3) {
        throw new IllegalStateException("float " + i + " of the mean is " + floats.get(i));
      }
    }
  }

  @Override
  public void prepare() {
    // in place: a round leaves the vector of the next
  }

  @Override
  public void run(long round) {
    allReduce.run(round, vector);
  }

  @Override
  public void close() {
    allReduce.close();
    vector.close();
  }
}
