package dev.sinter.trainer.training;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.NativeLibraries;
import dev.sinter.trainer.engine.libtorch.TensorDevices;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.broadcast.Broadcast;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;

/** The body of the barrier stage: shipped to executors, one call a worker. */
final class WorkerFunction<T> extends AbstractFunction1<Iterator<Integer>, Iterator<T>>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What a worker does. */
  @FunctionalInterface
  interface Work<T> extends Serializable {
    /** Does it, and says what came out. */
    T run(
        TrainingPlan plan,
        TensorDevices devices,
        BarrierTaskContext context,
        DriverChannel.Sender driver);
  }

  private final String runId;
  private final Broadcast<TrainingPlan> plan;
  private final TensorDevices devices;
  private final Work<T> work;

  WorkerFunction(String runId, Broadcast<TrainingPlan> plan, TensorDevices devices, Work<T> work) {
    this.runId = runId;
    this.plan = plan;
    this.devices = devices;
    this.work = work;
  }

  @Override
  public Iterator<T> apply(Iterator<Integer> partition) {
    BarrierTaskContext context = BarrierTaskContext.get();
    DriverChannel.Sender driver = DriverChannel.Sender.connect(runId);
    try {
      NativeLibraries.load("org.nd4j.linalg.factory.Nd4j");
      driver.send(
          new WorkerMessage.Started(
              context.stageAttemptNumber(), context.partitionId(), Hosts.name()));
      T outcome = work.run(plan.value(), devices, context, driver);
      return JavaConverters.asScalaIteratorConverter(List.of(outcome).iterator()).asScala();
    } catch (TaskKilledException e) {
      throw e;
    } catch (Throwable e) {
      int rank = context.partitionId();
      SinterException failure = WorkerFailures.coded(rank, e);
      boolean restarts = WorkerFailures.restarts(failure);
      // A cancelled task fails in any way, such as a shard that it could not read to the end.
      if (!context.isInterrupted()) {
        driver.send(
            new WorkerMessage.Failed(context.stageAttemptNumber(), rank, restarts, failure));
      }
      throw failure;
    }
  }
}
