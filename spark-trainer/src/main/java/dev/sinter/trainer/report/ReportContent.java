package dev.sinter.trainer.report;

/**
 * Everything that a report shows.
 *
 * @param identity the head
 * @param evaluation result on the test split
 * @param curves learning curves
 * @param model the network
 * @param data what was learnt from
 * @param timing where the time went
 * @param settings how to do it again
 */
public record ReportContent(
    RunIdentity identity,
    EvaluationSection evaluation,
    LearningCurves curves,
    ModelSection model,
    DataSection data,
    TimingSection timing,
    RunSettings settings) {}
