package dev.sinter.trainer.training;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.function.ToDoubleFunction;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * One worker in Spark's metrics system, whose sinks (JMX, Prometheus, CSV, ...) are the cluster's
 * choice: {@code APPLICATION.EXECUTOR.sinter.worker-RANK.NAME}. Lives on executors.
 */
final class WorkerMetrics implements Source, AutoCloseable {
  private final MetricRegistry registry = new MetricRegistry();
  private final String name;
  private volatile WorkerTimes latest = WorkerTimes.NONE;
  private volatile WorkerTimes all = WorkerTimes.NONE;
  private volatile long step;

  private WorkerMetrics(int rank) {
    this.name = "sinter.worker-" + rank;
    registry.register("step", (Gauge<Long>) () -> step);
    gauge("step-compute-seconds", WorkerTimes::computeSeconds);
    gauge("step-wait-seconds", WorkerTimes::waitSeconds);
    gauge("step-transfer-seconds", WorkerTimes::transferSeconds);
    gauge("step-bytes-sent", WorkerTimes::bytesSent);
    gauge("images-per-second", WorkerTimes::imagesPerSecond);
    registry.register("bytes-sent", (Gauge<Long>) () -> all.bytesSent());
    registry.register("images", (Gauge<Long>) () -> all.images());
  }

  private void gauge(String gauge, ToDoubleFunction<WorkerTimes> value) {
    registry.register(gauge, (Gauge<Double>) () -> value.applyAsDouble(latest));
  }

  static WorkerMetrics register(int rank) {
    WorkerMetrics metrics = new WorkerMetrics(rank);
    SparkEnv.get().metricsSystem().registerSource(metrics);
    return metrics;
  }

  /** Takes over a step's. */
  void update(long steps, WorkerTimes times) {
    step = steps;
    latest = times;
    all = all.plus(times);
  }

  @Override
  public String sourceName() {
    return name;
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }

  @Override
  public void close() {
    SparkEnv.get().metricsSystem().removeSource(this);
  }
}
