package dev.sinter.trainer.run;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.model.LayerTable;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.config.FreezeSchedule;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.report.DataSection;
import dev.sinter.trainer.report.ModelSection;
import dev.sinter.trainer.report.PhaseTiming;
import dev.sinter.trainer.report.ReportContent;
import dev.sinter.trainer.report.RunIdentity;
import dev.sinter.trainer.report.RunSettings;
import dev.sinter.trainer.report.TimingSection;
import dev.sinter.trainer.training.RunNetwork;
import dev.sinter.trainer.training.TrainingResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/** Fills a run's report. */
final class ReportBuilder {
  private final RunConfig run;
  private final DatasetManifest dataset;
  private final RunNetwork network;
  private final TrainingResult training;
  private final String command;

  ReportBuilder(
      RunConfig run,
      DatasetManifest dataset,
      RunNetwork network,
      TrainingResult training,
      String command) {
    this.run = run;
    this.dataset = dataset;
    this.network = network;
    this.training = training;
    this.command = command;
  }

  ReportContent build(TestResult test, RunTimes times) {
    return new ReportContent(
        new RunIdentity(
            new Path(run.train().output()).getName(),
            run.model().name(),
            dataset.task(),
            TrainingRun.displayed(new Path(run.data().output())),
            Instant.now(),
            Versions.sinter(),
            times.totalSeconds(),
            training.imagesPerSecond()),
        EvaluationSections.of(test),
        Curves.of(dataset.task().key(), training.history(), training.bestEpoch()),
        model(),
        data(),
        timing(times),
        settings());
  }

  private ModelSection model() {
    ModelSpec spec = network.network().spec();
    LayerTable table = LayerTable.of(network.network().configuration(), spec.input());
    Map<String, List<LayerTable.Row>> stages = new LinkedHashMap<>();
    for (LayerTable.Row row : table.rows()) {
      String stage = row.vertex().split("-", 2)[0];
      stages.computeIfAbsent(stage, name -> new ArrayList<>()).add(row);
    }
    return new ModelSection(
        table.parameters(),
        frozen(table),
        spec.input().toString().replace("x", " x "),
        stages.entrySet().stream()
            .map(stage -> stage(stage.getKey(), stage.getValue()))
            .filter(stage -> stage.parameters() > 0)
            .toList());
  }

  /** Parameters that do not train in the first epoch. */
  private long frozen(LayerTable table) {
    Set<String> vertices = FreezeSchedule.of(run, network.parts()).frozenIn(1);
    return table.rows().stream()
        .filter(row -> vertices.contains(row.vertex()))
        .mapToLong(LayerTable.Row::parameters)
        .sum();
  }

  private static ModelSection.Stage stage(String name, List<LayerTable.Row> rows) {
    LayerTable.Row last = rows.get(rows.size() - 1);
    return new ModelSection.Stage(
        name,
        (int) rows.stream().filter(row -> row.parameters() > 0).count(),
        String.join(" x ", last.outputShape().stream().map(String::valueOf).toList()),
        rows.stream().mapToLong(LayerTable.Row::parameters).sum());
  }

  private DataSection data() {
    List<DataSection.Split> splits = new ArrayList<>();
    for (String name : List.of("train", "val", "test")) {
      DatasetManifest.SplitSummary split = dataset.splits().get(name);
      if (split != null) {
        splits.add(
            new DataSection.Split(
                name,
                split.samples(),
                split.patients(),
                dataset.classes().stream()
                    .map(one -> split.classes().getOrDefault(one, 0L))
                    .toList()));
      }
    }
    return new DataSection(
        dataset.classes(), splits, dataset.rejected(), dataset.sourceFingerprint());
  }

  private TimingSection timing(RunTimes times) {
    List<PhaseTiming> phases = new ArrayList<>();
    if (times.prepareSeconds() > 0) {
      phases.add(new PhaseTiming("preparation", times.prepareSeconds()));
    }
    double trainSeconds = sum(times, EpochRecord::seconds);
    double validationSeconds = sum(times, EpochRecord::validationSeconds);
    phases.add(new PhaseTiming("reading shards", training.readSeconds()));
    phases.add(new PhaseTiming("training", trainSeconds));
    phases.add(new PhaseTiming("validation", validationSeconds));
    phases.add(
        new PhaseTiming(
            "checkpoints and start-up",
            Math.max(
                0,
                training.seconds() - training.readSeconds() - trainSeconds - validationSeconds)));
    phases.add(new PhaseTiming("evaluation", times.evaluationSeconds()));
    long steps =
        Math.max(1, training.steps() * times.epochs().size() / Math.max(1, training.epochs()));
    double compute = sum(times, EpochRecord::computeSeconds);
    double wait = sum(times, EpochRecord::waitSeconds);
    double transfer = sum(times, EpochRecord::transferSeconds);
    List<PhaseTiming> parts =
        List.of(
            new PhaseTiming("compute", compute / steps),
            new PhaseTiming("wait", wait / steps),
            new PhaseTiming("transfer", transfer / steps),
            new PhaseTiming(
                "update", Math.max(0, trainSeconds - compute - wait - transfer) / steps));
    return new TimingSection(
        phases,
        new TimingSection.Step(steps, parts, training.bytesPerStep() / run.cluster().workers()));
  }

  private static double sum(RunTimes times, ToDoubleFunction<EpochRecord> seconds) {
    return times.epochs().stream().mapToDouble(seconds).sum();
  }

  private RunSettings settings() {
    List<RunSettings.Fact> facts = new ArrayList<>();
    Versions.all().forEach((name, version) -> facts.add(new RunSettings.Fact(name, version)));
    facts.add(fact("workers", run.cluster().workers()));
    facts.add(fact("lanes", run.train().lanes()));
    facts.add(fact("micro-batch", run.train().microBatchSize()));
    facts.add(fact("engine", run.engine().name() + ", " + training.precision()));
    facts.add(fact("strategy", run.sync().strategy()));
    facts.add(fact("compression", run.sync().compression()));
    if (!run.model().freeze().unfreeze().isEmpty()) {
      facts.add(fact("sent per step, by epoch", payloads()));
    }
    facts.add(fact("cores of the driver", Runtime.getRuntime().availableProcessors()));
    return new RunSettings(run.effectiveYaml(), facts, training.bestCheckpoint(), command);
  }

  /** Grows where frozen parts begin to train. */
  private String payloads() {
    return training.history().stream()
        .map(epoch -> epoch.epoch() + ": " + training.bytesPerStepOf(epoch) + " B")
        .collect(Collectors.joining(", "));
  }

  private static RunSettings.Fact fact(String name, Object value) {
    return new RunSettings.Fact(name, String.valueOf(value));
  }
}
