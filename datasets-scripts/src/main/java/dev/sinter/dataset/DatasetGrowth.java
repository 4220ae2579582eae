package dev.sinter.dataset;

import dev.sinter.dataset.DatasetManifest.ShardFile;
import dev.sinter.dataset.DatasetManifest.SplitSummary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Adds new and changed files to a dataset. Old patients keep their sides, shards without changed
 * files stay byte for byte, and so do size and normalisation: a model goes on reading its inputs as
 * it learnt to. Driver only.
 */
final class DatasetGrowth {
  private static final Pattern GENERATION = Pattern.compile("sources-(\\d+)\\.jsonl");

  private final JavaSparkContext spark;
  private final Survey survey;
  private final DatasetManifest old;
  private final Configuration configuration;
  private final HadoopSettings hadoop;

  DatasetGrowth(JavaSparkContext spark, Survey survey, Configuration configuration) {
    this.spark = spark;
    this.survey = survey;
    this.old = survey.growth.manifest().orElseThrow();
    this.configuration = configuration;
    this.hadoop = new HadoopSettings(configuration);
  }

  DatasetManifest run(DatasetOutput output) throws IOException {
    if (survey.plan.isEmpty() || survey.plan.get().taken().isEmpty()) {
      return old;
    }
    output.begin();
    DatasetPlan plan = survey.plan.get();
    ShardJob job = new ShardJob(spark, survey, hadoop);
    Map<String, Integer> numbers = numbers();
    List<ShardTasks.Written> written = job.run(output, old.classes().size());
    List<ShardPruning.Pruned> pruned = prune(plan, output);
    List<ShardFile> fresh = job.place(written, numbers, output);
    fresh.forEach(shard -> numbers.merge(shard.split(), 1, Integer::sum));
    List<ShardFile> shards = new ArrayList<>(old.shards());
    for (ShardPruning.Pruned one : pruned) {
      ShardFile before = old.shards().get(one.old());
      shards.remove(before);
      if (one.rest() != null) {
        shards.add(rest(before, one.rest(), numbers, output));
      }
    }
    shards.addAll(fresh);
    SourceLines lines = new SourceLines(survey);
    output.writeLines("rejected.jsonl", survey.rejections.stream().map(lines::rejected).iterator());
    try (var sources = lines.sources(configuration)) {
      output.writeLines(sourcesFile(), sources.iterator());
    }
    DatasetManifest manifest = manifest(plan, written, pruned, inOrder(shards));
    output.finishGrowth(manifest);
    return manifest;
  }

  /** A name of its own, so that the index decides which sources count. */
  private String sourcesFile() {
    Matcher number = GENERATION.matcher(old.sourcesFile());
    return "sources-" + (number.matches() ? Integer.parseInt(number.group(1)) + 1 : 1) + ".jsonl";
  }

  /** Behind the highest number that a shard of the split has. */
  private Map<String, Integer> numbers() {
    Map<String, Integer> numbers = new HashMap<>();
    for (ShardFile shard : old.shards()) {
      String name = shard.path().replaceAll(".*-(\\d+)\\.parquet", "$1");
      numbers.merge(shard.split(), Integer.parseInt(name) + 1, Math::max);
    }
    return numbers;
  }

  private List<ShardPruning.Pruned> prune(DatasetPlan plan, DatasetOutput output) {
    Set<String> replaced = new HashSet<>();
    for (Growth.Source source : survey.growth.all()) {
      if (survey.growth.isReplaced(source.id())) {
        replaced.add(source.id());
      }
    }
    ShardTasks.Job job =
        new ShardTasks.Job(
            hadoop,
            plan.preparation,
            new int[0],
            old.classes().size(),
            output.temporary().toString(),
            new String[0]);
    return ShardPruning.run(
        spark, FileListing.path(survey.request.output()), old.shards(), replaced, job);
  }

  private static ShardFile rest(
      ShardFile before,
      ShardTasks.Written written,
      Map<String, Integer> numbers,
      DatasetOutput output)
      throws IOException {
    int number = numbers.merge(before.split(), 1, Integer::sum) - 1;
    String name = String.format(java.util.Locale.ROOT, "%s-%05d.parquet", before.split(), number);
    output.place(written.file(), name);
    return new ShardFile(
        "shards/" + name, before.split(), written.samples(), written.bytes(), written.sha256());
  }

  private static List<ShardFile> inOrder(List<ShardFile> shards) {
    List<ShardFile> ordered = new ArrayList<>();
    for (String split : SplitAssignment.SPLITS) {
      shards.stream().filter(shard -> shard.split().equals(split)).forEach(ordered::add);
    }
    return ordered;
  }

  private DatasetManifest manifest(
      DatasetPlan plan,
      List<ShardTasks.Written> written,
      List<ShardPruning.Pruned> pruned,
      List<ShardFile> shards) {
    return new DatasetManifest(
        old.schemaVersion(),
        ManifestAssembly.TOOL_VERSION,
        old.task(),
        old.classes(),
        old.maskValues(),
        old.preparation(),
        old.normalization(),
        summaries(plan, written, pruned),
        shards,
        ManifestAssembly.fingerprint(survey),
        old.splitRatios(),
        survey.rejections.size(),
        (int)
            (plan.taken().stream().filter(SourceFacts::constant).count()
                + survey.growth.kept().stream().filter(Growth.Source::constant).count()),
        old.fold(),
        ManifestAssembly.origin(survey.request, sourcesFile()));
  }

  private SortedMap<String, SplitSummary> summaries(
      DatasetPlan plan, List<ShardTasks.Written> written, List<ShardPruning.Pruned> pruned) {
    SortedMap<String, SplitSummary> summaries = new TreeMap<>();
    for (String split : SplitAssignment.SPLITS) {
      SplitSummary before = old.splits().get(split);
      long samples = before.samples();
      SortedMap<String, Long> classes = new TreeMap<>(before.classes());
      for (ShardTasks.Written shard : written) {
        if (plan.order.shardSplits.get(shard.shard()).equals(split)) {
          samples += shard.samples();
          add(classes, shard.classSamples(), 1);
        }
      }
      for (ShardPruning.Pruned shard : pruned) {
        if (old.shards().get(shard.old()).split().equals(split)) {
          samples -= shard.samples();
          add(classes, shard.classSamples(), -1);
        }
      }
      summaries.put(
          split, new SplitSummary(samples, ManifestAssembly.patients(survey, split), classes));
    }
    return summaries;
  }

  private void add(SortedMap<String, Long> classes, long[] counts, int sign) {
    for (int i = 0; i < counts.length; i++) {
      classes.merge(old.classes().get(i), sign * counts[i], Long::sum);
    }
  }
}
