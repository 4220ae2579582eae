package dev.sinter.trainer.bench;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** What a cluster measures, as a job. */
final class SyncStage {
  private SyncStage() {}

  /** What the workers measured, in no order; of DL4J's averaging, what the driver measured. */
  static List<SyncMeasurement> measure(JavaSparkContext spark, SyncCase sync) {
    return switch (sync.method()) {
      case ALL_REDUCE, GRADIENT_SHARING -> onWorkers(spark, sync);
      case DL4J_AVERAGING -> List.of(Dl4jAveraging.measure(spark, sync));
    };
  }

  private static List<SyncMeasurement> onWorkers(JavaSparkContext spark, SyncCase sync) {
    List<Integer> ranks = IntStream.range(0, sync.workers()).boxed().toList();
    ClassTag<SyncMeasurement> tag = ClassTag$.MODULE$.apply(SyncMeasurement.class);
    return spark
        .parallelize(ranks, sync.workers())
        .rdd()
        .barrier()
        .mapPartitions(new SyncWorker(sync, "bench-" + UUID.randomUUID()), false, tag)
        .toJavaRDD()
        .collect();
  }
}
