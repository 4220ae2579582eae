package dev.sinter.trainer.report;

/**
 * There is no test result.
 *
 * @param reason one sentence for the reader
 */
public record NoEvaluation(String reason) implements EvaluationSection {}
