package dev.sinter.trainer.training;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.NativeLibraries;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.broadcast.Broadcast;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;

/** The body of the barrier stage: shipped to executors, one call a worker. */
final class WorkerFunction extends AbstractFunction1<Iterator<Integer>, Iterator<WorkerOutcome>>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Failures of resources that a restart would only meet again. */
  private static final Set<String> FINAL_CODES =
      Set.of("DISK_FULL", "OUT_OF_MEMORY", "MEMORY_TOO_SMALL");

  private final Broadcast<TrainingPlan> plan;

  WorkerFunction(Broadcast<TrainingPlan> plan) {
    this.plan = plan;
  }

  @Override
  public Iterator<WorkerOutcome> apply(Iterator<Integer> partition) {
    NativeLibraries.select();
    BarrierTaskContext context = BarrierTaskContext.get();
    DriverChannel.Sender driver = DriverChannel.Sender.connect(plan.value().runId());
    try (TrainingWorker worker = TrainingWorker.open(plan.value(), context, driver)) {
      WorkerOutcome outcome = worker.train();
      return JavaConverters.asScalaIteratorConverter(List.of(outcome).iterator()).asScala();
    } catch (SinterException e) {
      if (e.category() != ErrorCategory.RESOURCES || FINAL_CODES.contains(e.code())) {
        driver.send(new WorkerMessage.Failed(context.partitionId(), e));
      }
      throw e;
    } catch (OutOfMemoryError e) {
      SinterException failure =
          new SinterException(
              ErrorCategory.RESOURCES,
              "OUT_OF_MEMORY",
              "worker " + context.partitionId() + " ran out of memory: " + e.getMessage(),
              "lower train.micro-batch-size, or give the executors more memory"
                  + " (spark.executor.memory for the heap, spark.executor.memoryOverhead for the native side)");
      failure.addSuppressed(
          e); // not the cause: Spark would kill the executor before the driver hears of it
      driver.send(new WorkerMessage.Failed(context.partitionId(), failure));
      throw failure;
    } catch (RuntimeException e) {
      if (!context.isInterrupted()) {
        driver.send(new WorkerMessage.Failed(context.partitionId(), bug(e)));
      }
      throw e;
    }
  }

  private static SinterException bug(RuntimeException e) {
    return new SinterException(
        ErrorCategory.BUG,
        "INTERNAL_ERROR",
        e.getClass().getSimpleName() + ": " + e.getMessage(),
        "this is a bug in Sinter; run again with --debug and report what it prints",
        e);
  }
}
