package dev.sinter.trainer.bench;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** The barrier stage that measures on a cluster. */
final class SyncStage {
  private SyncStage() {}

  /** What the workers measured, in no order. */
  static List<SyncMeasurement> run(SparkContext spark, SyncCase sync) {
    List<Integer> ranks = IntStream.range(0, sync.workers()).boxed().toList();
    ClassTag<SyncMeasurement> tag = ClassTag$.MODULE$.apply(SyncMeasurement.class);
    return JavaSparkContext.fromSparkContext(spark)
        .parallelize(ranks, sync.workers())
        .rdd()
        .barrier()
        .mapPartitions(new SyncWorker(sync, "bench-" + UUID.randomUUID()), false, tag)
        .toJavaRDD()
        .collect();
  }
}
