package dev.sinter.trainer.training;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.ToDoubleFunction;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * A run with all of its workers in the driver's part of Spark's metrics system: {@code
 * APPLICATION.driver.sinter.run.NAME}. Workers register sources of their own on executors, but
 * those have no web server, which is where Prometheus looks. Lives on the driver.
 */
final class RunMetrics implements Source, AutoCloseable {
  private final MetricRegistry registry = new MetricRegistry();
  private final AtomicReferenceArray<WorkerTimes> workers;
  private volatile long step;
  private volatile long totalSteps;
  private volatile double loss = Double.NaN;
  private volatile EpochRecord epoch;

  private RunMetrics(int workers) {
    this.workers = new AtomicReferenceArray<>(workers);
    registry.register("step", (Gauge<Long>) () -> step);
    registry.register("total-steps", (Gauge<Long>) () -> totalSteps);
    registry.register("loss", (Gauge<Double>) () -> loss);
    epochGauge("epoch", EpochRecord::epoch);
    epochGauge("train-loss", EpochRecord::trainLoss);
    epochGauge("validation-loss", EpochRecord::validationLoss);
    epochGauge("validation-metric", EpochRecord::validationMetric);
    epochGauge("learning-rate", EpochRecord::learningRate);
    epochGauge("images-per-second", EpochRecord::imagesPerSecond);
    for (int rank = 0; rank < workers; rank++) {
      // All at once: Spark takes over what is there when the source is registered.
      workerGauge(rank, "steps", WorkerTimes::steps);
      workerGauge(rank, "seconds", WorkerTimes::seconds);
      workerGauge(rank, "compute-seconds", WorkerTimes::computeSeconds);
      workerGauge(rank, "wait-seconds", WorkerTimes::waitSeconds);
      workerGauge(rank, "transfer-seconds", WorkerTimes::transferSeconds);
      workerGauge(rank, "bytes-sent", WorkerTimes::bytesSent);
      workerGauge(rank, "images", WorkerTimes::images);
    }
  }

  private void epochGauge(String name, ToDoubleFunction<EpochRecord> value) {
    registry.register(
        name,
        (Gauge<Double>)
            () -> {
              EpochRecord latest = epoch;
              return latest == null ? Double.NaN : value.applyAsDouble(latest);
            });
  }

  private void workerGauge(int rank, String name, ToDoubleFunction<WorkerTimes> value) {
    registry.register(
        "worker-" + rank + "." + name,
        (Gauge<Double>)
            () -> {
              WorkerTimes all = workers.get(rank);
              return all == null ? 0 : value.applyAsDouble(all);
            });
  }

  /** Shows a run; a second one at the same time in this application is not shown. */
  static RunMetrics register(int workers) {
    RunMetrics metrics = new RunMetrics(workers);
    SparkEnv.get().metricsSystem().registerSource(metrics);
    return metrics;
  }

  void begin(long doneSteps, long allSteps) {
    step = doneSteps;
    totalSteps = allSteps;
  }

  void step(long doneSteps, double meanLoss) {
    step = doneSteps;
    loss = meanLoss;
  }

  void epoch(EpochRecord record) {
    epoch = record;
  }

  /** Adds up what a worker tells about once a second. */
  void worker(WorkerProgress progress) {
    if (progress.rank() < workers.length()) {
      workers.accumulateAndGet(
          progress.rank(),
          progress.latest(),
          (all, latest) -> all == null ? latest : all.plus(latest));
    }
  }

  @Override
  public String sourceName() {
    return "sinter.run";
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }

  @Override
  public void close() {
    SparkEnv environment = SparkEnv.get();
    if (environment != null) { // Spark may have been shut down under the run
      environment.metricsSystem().removeSource(this);
    }
  }
}
