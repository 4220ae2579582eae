package dev.sinter.trainer.sync;

/**
 * One attempt of one run: messages of another are refused.
 *
 * @param runId the run
 * @param stageAttempt Spark's attempt number of the barrier stage
 */
record Session(String runId, int stageAttempt) {}
