package dev.sinter.trainer.report;

/** What was measured on the test split. */
public sealed interface EvaluationSection
    permits ClassificationSection, SegmentationSection, NoEvaluation {}
