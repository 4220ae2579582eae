package dev.sinter.trainer.tracking;

import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.CheckpointManifest.WorkerRecord;
import dev.sinter.trainer.tracking.SummaryEvent.Scalar;
import java.util.ArrayList;
import java.util.List;

/** The names and numbers of an epoch, the same in TensorBoard and MLflow. */
final class EpochScalars {
  static final String STEP_LOSS = "train/step-loss";
  static final String EPOCH = "train/epoch";

  private EpochScalars() {}

  /**
   * The numbers of an epoch; those that it does not have are left out.
   *
   * @param metric name of the validation's metric
   */
  static List<Scalar> of(EpochRecord epoch, int stepsPerEpoch, String metric) {
    List<Scalar> scalars = new ArrayList<>();
    scalars.add(new Scalar(EPOCH, epoch.epoch()));
    scalars.add(new Scalar("train/loss", epoch.trainLoss()));
    scalars.add(new Scalar("train/learning-rate", epoch.learningRate()));
    scalars.add(new Scalar("train/skipped-steps", epoch.skippedSteps()));
    if (!Double.isNaN(epoch.validationLoss())) {
      scalars.add(new Scalar("validation/loss", epoch.validationLoss()));
    }
    if (!Double.isNaN(epoch.validationMetric())) {
      scalars.add(new Scalar("validation/" + metric, epoch.validationMetric()));
    }
    scalars.add(new Scalar("speed/images-per-second", epoch.imagesPerSecond()));
    scalars.add(new Scalar("speed/bytes-per-step", (double) epoch.bytesSent() / stepsPerEpoch));
    scalars.add(new Scalar("speed/train-seconds", epoch.seconds()));
    scalars.add(new Scalar("speed/validation-seconds", epoch.validationSeconds()));
    for (WorkerRecord worker : epoch.workers()) {
      String name = "worker-" + worker.worker() + "/";
      scalars.add(new Scalar(name + "compute-seconds", worker.computeSeconds()));
      scalars.add(new Scalar(name + "wait-seconds", worker.waitSeconds()));
      scalars.add(new Scalar(name + "transfer-seconds", worker.transferSeconds()));
      scalars.add(new Scalar(name + "images-per-second", worker.imagesPerSecond()));
    }
    return scalars;
  }
}
