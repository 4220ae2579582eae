package dev.sinter.trainer.training;

import java.io.Serializable;

/**
 * How one worker fares.
 *
 * @param rank the worker
 * @param host where it runs
 * @param step global steps done
 * @param latest of its steps since it was last heard of
 */
public record WorkerProgress(int rank, String host, long step, WorkerTimes latest)
    implements Serializable {}
