package dev.sinter.trainer.sync;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/** Runs one body per task of a barrier stage. */
final class SparkWorkers {
  private SparkWorkers() {}

  static List<Serializable> run(
      JavaSparkContext spark, int workers, double timeoutSeconds, WorkerBody body) {
    List<Integer> ranks = IntStream.range(0, workers).boxed().toList();
    ClassTag<Ranked> tag = ClassTag$.MODULE$.apply(Ranked.class);
    // Spark starts a failed barrier stage again only if a shuffle follows it.
    List<Ranked> results =
        spark
            .parallelize(ranks, workers)
            .rdd()
            .barrier()
            .mapPartitions(
                new Worker(UUID.randomUUID().toString(), timeoutSeconds, body), false, tag)
            .toJavaRDD()
            .repartition(1)
            .collect();
    return results.stream()
        .sorted(Comparator.comparingInt(Ranked::rank))
        .map(Ranked::value)
        .toList();
  }

  private record Ranked(int rank, Serializable value) implements Serializable {}

  private static final class Worker extends AbstractFunction1<Iterator<Integer>, Iterator<Ranked>>
      implements Serializable {
    private static final long serialVersionUID = 1L;
    private final String runId;
    private final double timeoutSeconds;
    private final WorkerBody body;

    Worker(String runId, double timeoutSeconds, WorkerBody body) {
      this.runId = runId;
      this.timeoutSeconds = timeoutSeconds;
      this.body = body;
    }

    @Override
    public Iterator<Ranked> apply(Iterator<Integer> partition) {
      try (SparkExchange exchange =
          SparkExchange.meet(BarrierTaskContext.get(), runId, timeoutSeconds)) {
        return JavaConverters.asScalaIterator(
            List.of(new Ranked(exchange.rank(), body.run(exchange))).iterator());
      }
    }
  }
}
