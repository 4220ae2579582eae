package dev.sinter.trainer.report;

import dev.sinter.dataset.Task;
import java.time.Instant;

/**
 * What the head of the report says about a run.
 *
 * @param run name of the run
 * @param model registered name, such as {@code resnet18}
 * @param task what is learnt
 * @param dataset name or location of the dataset
 * @param finished end of the run, shown in UTC
 * @param version version of Sinter
 * @param durationSeconds wall time of the whole run; NaN when unknown
 * @param imagesPerSecond training throughput; NaN when unknown
 */
public record RunIdentity(
    String run,
    String model,
    Task task,
    String dataset,
    Instant finished,
    String version,
    double durationSeconds,
    double imagesPerSecond) {}
