package dev.sinter.trainer.run;

import dev.sinter.trainer.evaluation.ClassificationResult;
import dev.sinter.trainer.evaluation.SegmentationResult;
import dev.sinter.trainer.prediction.Example;
import dev.sinter.trainer.report.ClassificationSection;
import dev.sinter.trainer.report.EvaluationSection;
import dev.sinter.trainer.report.ExamplePicture;
import dev.sinter.trainer.report.NoEvaluation;
import dev.sinter.trainer.report.SegmentationSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns an evaluation into its section of the report. */
final class EvaluationSections {
  private EvaluationSections() {}

  static EvaluationSection of(TestResult test) {
    if (test.classification() != null) {
      return classification(test.classification(), test.examples());
    }
    if (test.segmentation() != null) {
      return segmentation(test);
    }
    return new NoEvaluation("The dataset has no test split.");
  }

  private static EvaluationSection classification(
      ClassificationResult result, List<Example> examples) {
    long[][] confusion =
        result.confusionMatrix().stream()
            .map(row -> row.stream().mapToLong(Long::longValue).toArray())
            .toArray(long[][]::new);
    return new ClassificationSection(
        result.classes(),
        confusion,
        result.accuracy(),
        result.balancedAccuracy(),
        result.auroc(),
        result.perClass().stream().map(ClassificationResult.ClassResult::auroc).toList(),
        examples.stream()
            .map(
                example ->
                    new ClassificationSection.Example(
                        picture(example),
                        example.truth(),
                        example.predicted(),
                        example.confidence()))
            .toList());
  }

  private static EvaluationSection segmentation(TestResult test) {
    SegmentationResult result = test.segmentation();
    List<SegmentationSection.Overlap> overlaps = new ArrayList<>();
    for (int c = 1; c < result.classes().size(); c++) {
      overlaps.add(
          new SegmentationSection.Overlap(
              result.classes().get(c),
              result.dice().perClass().get(c),
              result.iou().perClass().get(c),
              result.hd95().perClass().get(c)));
    }
    List<SegmentationSection.Volume> volumes = new ArrayList<>();
    for (Map.Entry<String, Double> volume : test.perVolume().foregroundDice().entrySet()) {
      volumes.add(new SegmentationSection.Volume(volume.getKey(), volume.getValue()));
    }
    return new SegmentationSection(
        result.classes(),
        result.dice().meanForeground(),
        overlaps,
        volumes,
        test.examples().stream()
            .map(
                example ->
                    new SegmentationSection.Example(
                        picture(example),
                        example.trueMask(),
                        example.predictedMask(),
                        example.confidence()))
            .toList());
  }

  private static ExamplePicture picture(Example example) {
    return new ExamplePicture(
        example.id(), example.channels(), example.height(), example.width(), example.pixels());
  }
}
