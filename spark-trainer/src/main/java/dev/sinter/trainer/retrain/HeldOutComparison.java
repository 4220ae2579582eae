package dev.sinter.trainer.retrain;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.DatasetManifest.SplitSummary;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.RetrainConfig;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.evaluation.PairedBootstrap;
import dev.sinter.trainer.evaluation.PatientMeasure;
import dev.sinter.trainer.prediction.Evaluation;
import dev.sinter.trainer.prediction.ShippedModel;
import dev.sinter.trainer.registry.Comparison;
import dev.sinter.trainer.registry.Measured;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/** Measures models on the test split of the dataset as it is now. */
final class HeldOutComparison {
  private static final String TEST = "test";

  private final SparkSession spark;
  private final RunConfig run;
  private final SplitSummary heldOut;

  /**
   * On a dataset.
   *
   * @throws SinterException {@code HELD_OUT_MISSING} before anything is trained in vain
   */
  HeldOutComparison(SparkSession spark, RunConfig run, DatasetManifest dataset) {
    this.spark = spark;
    this.run = run;
    this.heldOut = dataset.splits().get(TEST);
    if (heldOut == null || heldOut.samples() == 0) {
      throw new SinterException(
          ErrorCategory.DATA,
          "HELD_OUT_MISSING",
          run.data().output() + " has no test split to compare models on",
          "give data.split.test a share (`sinter prepare --overwrite`), or add patients");
    }
  }

  /**
   * Checks that a champion can be measured at all, before anything is trained in vain.
   *
   * @throws SinterException {@code MODEL_DATA_MISMATCH}
   */
  void requireMeasurable(String champion) {
    evaluation(champion);
  }

  /**
   * Measures the challenger, and the champion if there is one.
   *
   * @param challenger URI of a model
   * @param champion URI of a model
   * @throws SinterException {@code METRIC_UNDEFINED}
   */
  Measured measure(String challenger, Optional<String> champion) {
    Map<String, PatientMeasure> challengers = measures(challenger);
    SortedMap<String, Double> metrics = new TreeMap<>();
    challengers.forEach(
        (name, measure) -> {
          double value = measure.ofAll();
          if (!Double.isNaN(value)) {
            metrics.put(name, value);
          }
        });
    RetrainConfig settings = run.retrain();
    Comparison comparison =
        champion
            .map(
                uri ->
                    comparison(
                        measures(uri).get(settings.metric()), challengers.get(settings.metric())))
            .orElse(null);
    return new Measured(Measured.FORMAT_VERSION, metrics, comparison);
  }

  private Map<String, PatientMeasure> measures(String model) {
    return evaluation(model).measures();
  }

  private Evaluation evaluation(String model) {
    ShippedModel shipped =
        ShippedModel.of(RunDirectory.readModel(model, spark.sparkContext().hadoopConfiguration()));
    return new Evaluation(spark, shipped, run.data().output(), TEST);
  }

  private Comparison comparison(PatientMeasure champion, PatientMeasure challenger) {
    RetrainConfig settings = run.retrain();
    PairedBootstrap pair =
        PairedBootstrap.of(champion, challenger, settings.confidence(), run.train().seed());
    if (Double.isNaN(pair.difference()) || pair.draws() == 0) {
      throw new SinterException(
          ErrorCategory.DATA,
          "METRIC_UNDEFINED",
          settings.metric() + " is not defined on the test split of " + run.data().output(),
          "add patients of the classes that it lacks, or choose another retrain.metric");
    }
    return new Comparison(
        settings.metric(),
        pair.first(),
        pair.second(),
        pair.difference(),
        pair.low(),
        pair.high(),
        settings.confidence(),
        settings.margin(),
        pair.draws(),
        run.train().seed(),
        champion.patients().size(),
        heldOut.samples());
  }
}
