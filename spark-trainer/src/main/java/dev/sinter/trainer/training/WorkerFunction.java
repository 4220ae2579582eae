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
final class WorkerFunction extends AbstractFunction1<Iterator<Integer>, Iterator<WorkerOutcome>>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String runId;
  private final Broadcast<TrainingPlan> plan;
  private final TensorDevices devices;

  WorkerFunction(String runId, Broadcast<TrainingPlan> plan, TensorDevices devices) {
    this.runId = runId;
    this.plan = plan;
    this.devices = devices;
  }

  @Override
  public Iterator<WorkerOutcome> apply(Iterator<Integer> partition) {
    BarrierTaskContext context = BarrierTaskContext.get();
    DriverChannel.Sender driver = DriverChannel.Sender.connect(runId);
    try {
      NativeLibraries.select();
      WorkerOutcome outcome = train(context, driver);
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

  private WorkerOutcome train(BarrierTaskContext context, DriverChannel.Sender driver) {
    try (TrainingWorker worker = TrainingWorker.open(plan.value(), devices, context, driver)) {
      return worker.train();
    }
  }
}
