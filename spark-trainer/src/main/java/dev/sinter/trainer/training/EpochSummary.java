package dev.sinter.trainer.training;

import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.CheckpointManifest.WorkerRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Combines all workers' parts of an epoch. */
final class EpochSummary {
  private EpochSummary() {}

  static EpochRecord of(
      TrainingPlan plan,
      int epoch,
      List<EpochPart> parts,
      double learningRate,
      double validationSeconds) {
    ValidationScores.Summary validation =
        ValidationScores.combine(
            parts.stream().map(EpochPart::validation).toList(), plan.network().spec().loss());
    double seconds = slowest(parts, WorkerTimes::seconds);
    long images = (long) plan.lanes().stepsPerEpoch() * plan.lanes().globalBatchSize();
    return new EpochRecord(
        epoch,
        meanLoss(parts),
        validation.loss(),
        validation.metric(),
        learningRate,
        seconds,
        validationSeconds,
        images / seconds,
        parts.stream().mapToLong(part -> part.times().bytesSent()).sum(),
        slowest(parts, WorkerTimes::computeSeconds),
        slowest(parts, WorkerTimes::waitSeconds),
        slowest(parts, WorkerTimes::transferSeconds),
        parts.stream().mapToInt(EpochPart::skippedSteps).max().orElse(0),
        workers(parts));
  }

  private static List<WorkerRecord> workers(List<EpochPart> parts) {
    List<Double> secondsPerLane =
        parts.stream().map(part -> part.times().computeSeconds() / part.lanes()).toList();
    List<WorkerRecord> workers = new ArrayList<>();
    for (int worker = 0; worker < parts.size(); worker++) {
      EpochPart part = parts.get(worker);
      workers.add(
          new WorkerRecord(
              worker,
              part.host(),
              part.times().computeSeconds(),
              part.times().waitSeconds(),
              part.times().transferSeconds(),
              part.times().bytesSent(),
              part.times().images() / part.times().computeSeconds(),
              part.times().computeSeconds() >= Stragglers.SHORTEST_SECONDS
                  && Stragglers.isOne(secondsPerLane, worker)));
    }
    return workers;
  }

  // The same on all workers where they share every step; then it must not depend on their number.
  private static double meanLoss(List<EpochPart> parts) {
    double first = parts.get(0).meanLoss();
    if (parts.stream().allMatch(part -> part.meanLoss() == first)) {
      return first;
    }
    double sum = parts.stream().mapToDouble(part -> part.meanLoss() * part.lanes()).sum();
    return sum / parts.stream().mapToInt(EpochPart::lanes).sum();
  }

  private static double slowest(List<EpochPart> parts, ToDoubleFunction<WorkerTimes> seconds) {
    return parts.stream().map(EpochPart::times).mapToDouble(seconds).max().orElse(0);
  }
}
