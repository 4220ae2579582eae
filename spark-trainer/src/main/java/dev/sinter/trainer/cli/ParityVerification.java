package dev.sinter.trainer.cli;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.run.Console;
import dev.sinter.trainer.run.Versions;
import dev.sinter.trainer.training.ParityReport;
import dev.sinter.trainer.training.TrainingJob;
import dev.sinter.trainer.training.TrainingListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** {@code --verify-parity}: the first steps on all workers beside the same steps on one. */
final class ParityVerification {
  private final SparkSession spark;
  private final RunConfig run;
  private final Console console;

  ParityVerification(SparkSession spark, RunConfig run, Console console) {
    this.spark = spark;
    this.run = run;
    this.console = console;
  }

  /**
   * Compares and prints.
   *
   * @return the {@code parity} object in docs/reference/json.md
   * @throws SinterException {@code PARITY_BROKEN} when bits differ that must be the same
   */
  Map<String, Object> verify(int steps) {
    ParityReport report =
        new TrainingJob(spark, run, Versions.all()).verifyParity(steps, new Quiet(console));
    print(report);
    require(report);
    return json(report);
  }

  /** Fails when bits differ that must be the same. */
  static void require(ParityReport report) {
    if (report.promised() && !report.identical()) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "PARITY_BROKEN",
          "on "
              + report.workers()
              + " workers, step "
              + report.firstDifferentStep().map(ParityReport.Step::step).orElseThrow()
              + " gave other bits than on one"
              + report
                  .difference()
                  .map(it -> "; largest difference " + it.largest() + " in " + it.tensor())
                  .orElse(""),
          "give all executors the same type of CPU; where they have it, this is a bug in Sinter:"
              + " report it with the configuration and the lines above");
    }
  }

  private void print(ParityReport report) {
    console.line(
        "parity of %d worker(s) with one, %s, first %d steps",
        report.workers(), report.strategy(), report.steps().size());
    console.line("  step  loss on all    loss on one    parameters on all  on one");
    for (ParityReport.Step step : report.steps()) {
      console.line(
          "  %4d  %.8f     %.8f     %s   %s  %s",
          step.step(),
          step.loss(),
          step.loneLoss(),
          shortened(step.sha256()),
          shortened(step.loneSha256()),
          step.identical() ? "same bits" : "differ");
    }
    ParityReport.Step last = report.steps().get(report.steps().size() - 1);
    if (report.identical()) {
      console.line("  bit-identical, SHA-256 of the parameters %s", last.sha256());
      return;
    }
    console.line("  SHA-256 on all workers %s", last.sha256());
    console.line("  SHA-256 on one         %s", last.loneSha256());
    report
        .difference()
        .ifPresent(
            it ->
                console.line(
                    "  %d parameters differ; largest difference %.3g, in %s",
                    it.parameters(), it.largest(), it.tensor()));
    if (!report.promised()) {
      console.line("  %s does not promise the same bits here", report.strategy());
    }
  }

  private static String shortened(String sha256) {
    return sha256.substring(0, 16);
  }

  private static Map<String, Object> json(ParityReport report) {
    List<Map<String, Object>> steps = new ArrayList<>();
    for (ParityReport.Step step : report.steps()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("step", step.step());
      one.put("loss", step.loss());
      one.put("lone_loss", step.loneLoss());
      one.put("parameters_sha256", step.sha256());
      one.put("lone_parameters_sha256", step.loneSha256());
      steps.add(one);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("workers", report.workers());
    json.put("promised", report.promised());
    json.put("identical", report.identical());
    json.put("largest_difference", report.difference().map(it -> it.largest()).orElse(0.0));
    json.put("tensor", report.difference().map(it -> it.tensor()).orElse(null));
    json.put("steps", steps);
    return json;
  }

  /** These steps are no progress of the run. */
  private record Quiet(Console console) implements TrainingListener {
    @Override
    public void onStart(long step, long totalSteps) {}

    @Override
    public void onRestart(int attempt, SinterException failure) {
      console.line("  workers begin again after %s: %s", failure.code(), failure.getMessage());
    }

    @Override
    public void onStep(long step, double meanLoss) {}

    @Override
    public void onEpoch(EpochRecord epoch, int epochs, boolean best) {}
  }
}
