package dev.sinter.trainer.training;

import dev.sinter.trainer.engine.libtorch.TensorDevices;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.reflect.ClassTag$;

/** A job of workers that run at the same time, one task each. Driver-only. */
final class BarrierStage {
  private BarrierStage() {}

  /**
   * Runs the same work on all workers.
   *
   * @return what they leave, by rank
   */
  static <T> List<T> run(
      SparkSession spark,
      TrainingPlan plan,
      int workers,
      TensorDevices devices,
      Class<T> type,
      WorkerFunction.Work<T> work) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<TrainingPlan> broadcast = context.broadcast(plan);
    try {
      List<Integer> ranks = IntStream.range(0, workers).boxed().toList();
      return context
          .parallelize(ranks, workers)
          .rdd()
          .barrier()
          .mapPartitions(
              new WorkerFunction<>(plan.runId(), broadcast, devices, work),
              false,
              ClassTag$.MODULE$.<T>apply(type))
          .toJavaRDD()
          // Spark restarts a failed barrier stage only when it is not the last of its job.
          .repartition(1)
          .collect();
    } finally {
      broadcast.destroy();
    }
  }
}
