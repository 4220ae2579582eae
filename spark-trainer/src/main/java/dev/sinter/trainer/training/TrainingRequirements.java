package dev.sinter.trainer.training;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.InputShape;
import dev.sinter.model.ModelCard;
import dev.sinter.model.ModelRegistry;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.config.SampleKinds;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.device.SparkDevices;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * What a run needs before anything is written.
 *
 * @param spark where it is to run
 * @param run its configuration
 */
record TrainingRequirements(SparkSession spark, RunConfig run) {
  /** A session whose workers keep their places, with the GPUs that are asked for. */
  void requireCluster() {
    refuseDynamicAllocation();
    SparkDevices.requireUsable(spark.sparkContext().conf());
    SparkDevices.requireEnough(spark.sparkContext().conf(), run.cluster().workers());
    // Spark's own is a year; read when the first barrier stage of the session meets.
    spark
        .sparkContext()
        .conf()
        .setIfMissing("spark.barrier.sync.timeout", (long) Patience.seconds(run.cluster()) + "s");
  }

  private void refuseDynamicAllocation() {
    if (spark.sparkContext().conf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "DYNAMIC_ALLOCATION",
          "spark.dynamicAllocation.enabled is true, but all workers of a run must hold their slots to its end",
          "set spark.dynamicAllocation.enabled=false and spark.executor.instances to the number of executors");
    }
  }

  /** Samples to train on; at least one. */
  int trainSamples(DatasetManifest dataset) {
    DatasetManifest.SplitSummary train = dataset.splits().get("train");
    if (train == null || train.samples() == 0) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "SPLIT_NOT_FOUND",
          run.data().output() + " has no samples in a split 'train'",
          "prepare a collection with a train split");
    }
    return Math.toIntExact(train.samples());
  }

  /** A network for what the dataset holds. */
  void requireSameTask(DatasetManifest dataset) {
    if (run.model().configuration().isPresent()) {
      return; // the network itself is held against the dataset
    }
    ModelCard card = ModelRegistry.card(run.model().name());
    if (!card.task().equals(dataset.task().key())) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "TASK_MISMATCH",
          "model.name "
              + card.name()
              + " is for "
              + card.task()
              + ", but "
              + run.data().output()
              + " holds a dataset for "
              + dataset.task().key(),
          "choose a model for " + dataset.task().key() + "; `sinter models` lists them");
    }
    InputShape.Kind takes = card.inputShape().kind();
    if (takes != dataset.inputShape().kind()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "SAMPLE_KIND_MISMATCH",
          "model.name "
              + card.name()
              + " takes "
              + takes.plural()
              + " ("
              + takes.axes()
              + "), but the samples of "
              + run.data().output()
              + " are of kind "
              + dataset.preparation().sample().key(),
          "choose another model, or prepare with data.sample "
              + String.join(" or ", SampleKinds.fedTo(takes)));
    }
  }

  /** A run folder without checkpoints, or the wish to go on from them. */
  void requireFree(RunDirectory directory, Resume resume) {
    List<Long> steps = directory.checkpointSteps();
    if (steps.isEmpty()) {
      return;
    }
    if (resume instanceof Resume.From from && !from.source().isOriginOf(directory)) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "OUTPUT_HAS_CHECKPOINTS",
          directory
              + " already holds checkpoints up to step "
              + steps.get(0)
              + " and cannot go on from "
              + from.source().folder(),
          "choose another train.output, or go on from its own newest checkpoint with --resume auto");
    }
    if (resume instanceof Resume.Nothing) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "OUTPUT_HAS_CHECKPOINTS",
          directory + " already holds checkpoints up to step " + steps.get(0),
          "choose another train.output, remove that folder, or go on with --resume auto");
    }
  }

  /** Memory for all workers, where they share this process. */
  void requireMemory(Network network) {
    if (spark.sparkContext().isLocal()) {
      WorkerSizing sizing = WorkerSizing.of(run, spark.sparkContext().conf());
      sizing
          .memory(network)
          .requireFits(run.cluster().workers(), run.model().name(), run.train().microBatchSize());
    }
  }
}
