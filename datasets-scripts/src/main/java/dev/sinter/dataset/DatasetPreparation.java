package dev.sinter.dataset;

import dev.sinter.dataset.DatasetManifest.ShardFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** From a collection of images to verified, patient-safe shards: one Spark job. Driver only. */
public final class DatasetPreparation {
  private final JavaSparkContext spark;
  private final PrepareRequest request;
  private final Configuration configuration;
  private final HadoopSettings hadoop;

  private DatasetPreparation(SparkSession session, PrepareRequest request) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.request = request;
    this.configuration = spark.hadoopConfiguration();
    this.hadoop = new HadoopSettings(configuration);
  }

  /**
   * Verifies, splits and shards a collection.
   *
   * @return the index that was written last
   * @throws dev.sinter.error.SinterException with a code of {@code docs/reference/shards.md};
   *     nothing half-written is left then
   */
  public static DatasetManifest run(SparkSession session, PrepareRequest request) {
    return new DatasetPreparation(session, request).run();
  }

  private List<String> maskNames(List<Integer> values) {
    List<String> names = request.maskNames();
    if (!names.isEmpty() && names.size() != values.size()) {
      throw DatasetErrors.usage(
          "CLASS_NAMES_MISMATCH",
          "data.class-names has "
              + names.size()
              + " names "
              + names
              + ", but the masks hold "
              + values.size()
              + " values "
              + values,
          "Give one name for each value, in this order, or leave the key out.");
    }
    return names.isEmpty() ? values.stream().map(String::valueOf).toList() : names;
  }

  private DatasetManifest run() {
    DatasetOutput output = DatasetOutput.open(request, configuration);
    try {
      Layout layout = Layout.of(request, configuration);
      List<SourceFacts> facts = verify(layout.entries);
      List<Rejection> rejections = new ArrayList<>(layout.rejections);
      facts.forEach(f -> f.rejected().ifPresent(rejections::add));
      refuseTooMany(layout, rejections);
      List<SourceFacts> accepted = facts.stream().filter(f -> f.rejected().isEmpty()).toList();
      refuseOneClass(layout, accepted);
      SourceNames names = new SourceNames(request.salt());
      DatasetPlan plan = new DatasetPlan(request, names, layout.entries, accepted);
      rejections.addAll(plan.dropped);
      rejections.sort(Comparator.comparing(Rejection::path));
      output.begin();
      List<String> classes =
          request.task() == Task.CLASSIFICATION ? layout.classes : maskNames(plan.maskValues);
      List<ShardTasks.Written> written = write(layout.entries, plan, names, classes.size(), output);
      List<ShardFile> shards = place(written, plan, output);
      output.writeLines("rejected.jsonl", rejections.stream().map(this::line).toList());
      output.writeLines("sources.jsonl", sourceLines(layout.entries, plan, names));
      DatasetManifest manifest =
          ManifestAssembly.of(
              request, layout.entries, plan, classes, written, shards, rejections.size());
      output.finish(manifest);
      return manifest;
    } catch (Exception e) { // Spark throws checked exceptions that its signatures do not declare
      RunningTasks.awaitNone(spark);
      output.abandon();
      throw DatasetErrors.foreseen(output.temporary().getParent(), e);
    }
  }

  /** Small images cost less than a task does, so a task takes many; volumes are few anyway. */
  private int partitions(int items) {
    return Math.max(1, Math.min(items, Math.max(items / 512, spark.defaultParallelism() * 2)));
  }

  private List<SourceFacts> verify(List<SourceEntry> entries) {
    List<byte[]> packed = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      packed.add(Wire.pack(new Indexed(i, entries.get(i))));
    }
    int axis = request.sliceAxis();
    HadoopSettings settings = hadoop;
    return spark
        .parallelize(packed, partitions(packed.size()))
        .map(
            bytes -> {
              Indexed item = Wire.unpack(Indexed.class, bytes);
              return Wire.pack(
                  SourceVerifier.verify(
                      item.index(), item.entry(), axis, settings.configuration()));
            })
        .collect()
        .stream()
        .map(bytes -> Wire.unpack(SourceFacts.class, bytes))
        .sorted(Comparator.comparingInt(SourceFacts::index))
        .toList();
  }

  private record Indexed(int index, SourceEntry entry) implements java.io.Serializable {}

  private void refuseTooMany(Layout layout, List<Rejection> rejections) {
    Set<String> harmless = Set.of("NOT_IN_A_CLASS_FOLDER", "NOT_IN_AN_IMAGE_FOLDER");
    List<Rejection> counted =
        rejections.stream().filter(r -> !harmless.contains(r.code())).toList();
    if (counted.size() > request.maxRejected() * layout.listed || counted.size() == layout.listed) {
      String first =
          counted.stream()
              .limit(5)
              .map(r -> r.path() + " (" + r.code() + ": " + r.message() + ")")
              .collect(Collectors.joining("; "));
      throw DatasetErrors.data(
          "TOO_MANY_REJECTED",
          String.format(
              Locale.ROOT,
              "%s: %d of %d files cannot be taken, more than %.1f %%: %s",
              request.input(),
              counted.size(),
              layout.listed,
              100 * request.maxRejected(),
              first),
          "Repair or remove these files, or allow a larger share of rejected files.");
    }
  }

  private void refuseOneClass(Layout layout, List<SourceFacts> accepted) {
    Set<Integer> found = new HashSet<>();
    for (SourceFacts facts : accepted) {
      found.addAll(facts.maskValues());
      if (request.task() == Task.CLASSIFICATION) {
        found.add(layout.entries.get(facts.index()).label());
      }
    }
    if (found.size() < 2) {
      throw DatasetErrors.data(
          "ONE_CLASS_ONLY",
          request.input()
              + (request.task() == Task.CLASSIFICATION
                  ? ": the only class is " + layout.classes
                  : ": the only value in the masks is " + found),
          "Give images of at least two classes.");
    }
  }

  private List<ShardTasks.Written> write(
      List<SourceEntry> entries,
      DatasetPlan plan,
      SourceNames names,
      int classes,
      DatasetOutput output) {
    List<byte[]> work = new ArrayList<>();
    for (SourceFacts facts : plan.taken()) {
      SourceEntry entry = entries.get(facts.index());
      SampleFactory.Identity identity =
          new SampleFactory.Identity(
              names.sourceId(entry.relative()),
              names.patient(entry.patient()),
              plan.splits.get(facts.index()),
              names.hidden(entry.relative(), entry.patient()),
              entry.label());
      work.add(Wire.pack(new ShardTasks.Work(entry, identity, plan.ranks.get(facts.index()))));
    }
    ShardTasks.Job job =
        new ShardTasks.Job(
            hadoop,
            plan.preparation,
            plan.maskValues.stream().mapToInt(Integer::intValue).toArray(),
            classes,
            output.temporary().toString(),
            plan.shardSplits.toArray(String[]::new));
    return spark
        .parallelize(work, partitions(work.size()))
        .flatMapToPair(bytes -> ShardTasks.samples(Wire.unpack(ShardTasks.Work.class, bytes), job))
        .repartitionAndSortWithinPartitions(new ShardTasks.ByShard(plan.shardStarts))
        .mapPartitionsWithIndex((shard, rows) -> ShardTasks.write(shard, rows, job), true)
        .collect()
        .stream()
        .map(bytes -> Wire.unpack(ShardTasks.Written.class, bytes))
        .sorted(Comparator.comparingInt(ShardTasks.Written::shard))
        .toList();
  }

  private static List<ShardFile> place(
      List<ShardTasks.Written> written, DatasetPlan plan, DatasetOutput output) throws IOException {
    List<ShardFile> shards = new ArrayList<>();
    Map<String, Integer> numbers = new LinkedHashMap<>();
    for (ShardTasks.Written shard : written) {
      String split = plan.shardSplits.get(shard.shard());
      int number = numbers.merge(split, 1, Integer::sum) - 1;
      String name = String.format(Locale.ROOT, "%s-%05d.parquet", split, number);
      output.place(shard.file(), name);
      shards.add(
          new ShardFile("shards/" + name, split, shard.samples(), shard.bytes(), shard.sha256()));
    }
    return shards;
  }

  private Map<String, Object> line(Rejection rejection) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("path", rejection.path());
    line.put("code", rejection.code());
    line.put("message", rejection.message());
    return line;
  }

  private static List<Map<String, Object>> sourceLines(
      List<SourceEntry> entries, DatasetPlan plan, SourceNames names) {
    List<Map<String, Object>> lines = new ArrayList<>();
    for (SourceFacts facts : plan.taken()) {
      SourceEntry entry = entries.get(facts.index());
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("id", names.sourceId(entry.relative()));
      line.put("path", entry.path());
      line.put("mask_path", entry.maskPath());
      line.put("patient", entry.patient());
      lines.add(line);
    }
    return lines;
  }
}
