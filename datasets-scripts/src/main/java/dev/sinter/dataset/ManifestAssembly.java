package dev.sinter.dataset;

import dev.sinter.dataset.DatasetManifest.ShardFile;
import dev.sinter.dataset.DatasetManifest.SplitSummary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The index of a dataset from its plan and from what was counted while writing. Driver only. */
final class ManifestAssembly {
  private static final String TOOL_VERSION =
      Optional.ofNullable(DatasetPreparation.class.getPackage().getImplementationVersion())
          .orElse("development");

  private ManifestAssembly() {}

  static DatasetManifest of(
      PrepareRequest request,
      List<SourceEntry> entries,
      DatasetPlan plan,
      List<String> classes,
      List<ShardTasks.Written> written,
      List<ShardFile> shards,
      int rejected) {
    return new DatasetManifest(
        DatasetManifest.SCHEMA_VERSION,
        TOOL_VERSION,
        request.task(),
        classes,
        plan.maskValues,
        plan.preparation,
        normalization(plan, written),
        summaries(entries, plan, classes, written),
        shards,
        fingerprint(entries, plan),
        request.split(),
        rejected,
        (int) plan.taken().stream().filter(SourceFacts::constant).count());
  }

  /** Over all sources, whatever order they were found in. */
  private static String fingerprint(List<SourceEntry> entries, DatasetPlan plan) {
    List<String> sources = new ArrayList<>();
    for (SourceFacts facts : plan.taken()) {
      SourceEntry entry = entries.get(facts.index());
      sources.add(
          String.join(
              "\t",
              entry.relative(),
              String.valueOf(entry.bytes()),
              facts.sha256(),
              String.valueOf(facts.maskBytes()),
              facts.maskSha256()));
    }
    sources.sort(Comparator.naturalOrder());
    return SourceNames.hex(String.join("\n", sources));
  }

  private static SortedMap<String, SplitSummary> summaries(
      List<SourceEntry> entries,
      DatasetPlan plan,
      List<String> classes,
      List<ShardTasks.Written> written) {
    SortedMap<String, SplitSummary> summaries = new TreeMap<>();
    for (String split : SplitAssignment.SPLITS) {
      long samples = 0;
      SortedMap<String, Long> counts = new TreeMap<>();
      for (ShardTasks.Written shard : written) {
        if (plan.shardSplits.get(shard.shard()).equals(split)) {
          samples += shard.samples();
          for (int i = 0; i < classes.size(); i++) {
            counts.merge(classes.get(i), shard.classSamples()[i], Long::sum);
          }
        }
      }
      long patients =
          plan.splits.entrySet().stream()
              .filter(entry -> entry.getValue().equals(split))
              .map(entry -> entries.get(entry.getKey()).patient())
              .distinct()
              .count();
      summaries.put(split, new SplitSummary(samples, patients, counts));
    }
    return summaries;
  }

  /** Over the train split, shard by shard in order: the same bits on every run. */
  private static Normalization normalization(DatasetPlan plan, List<ShardTasks.Written> written) {
    if (plan.preparation.source().equals(Preparation.VOLUME)) {
      return new Normalization(Normalization.Kind.SOURCE, List.of(), List.of());
    }
    List<Float> mean = new ArrayList<>();
    List<Float> std = new ArrayList<>();
    for (int channel = 0; channel < plan.preparation.channels(); channel++) {
      double sum = 0;
      double squares = 0;
      long values = 0;
      for (ShardTasks.Written shard : written) {
        if (plan.shardSplits.get(shard.shard()).equals("train")) {
          sum += shard.sums()[channel];
          squares += shard.squares()[channel];
          values += shard.valuesPerChannel();
        }
      }
      double average = values == 0 ? 0 : sum / values;
      double variance = values == 0 ? 1 : squares / values - average * average;
      mean.add((float) average);
      std.add(variance > 1e-12 ? (float) Math.sqrt(variance) : 1f);
    }
    return new Normalization(Normalization.Kind.DATASET, mean, std);
  }
}
