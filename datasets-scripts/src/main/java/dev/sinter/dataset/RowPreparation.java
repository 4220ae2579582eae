package dev.sinter.dataset;

import dev.sinter.dataset.DatasetManifest.ShardFile;
import dev.sinter.dataset.DatasetManifest.SplitSummary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * From comma-separated tables to shards of rows. The driver reads the tables, which have to fit
 * into its memory; executors write the shards.
 */
final class RowPreparation {
  private static final String REJECTED = "rejected.jsonl";

  private final JavaSparkContext spark;
  private final PrepareRequest request;
  private final Configuration configuration;
  private final SourceNames names;
  private final List<Rejection> rejections = new ArrayList<>();
  private final List<Member> members = new ArrayList<>();
  private final List<String> hashes = new ArrayList<>();
  private List<String> features = List.of();
  private List<String> classes = List.of();

  private RowPreparation(SparkSession session, PrepareRequest request) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.request = request;
    this.configuration = spark.hadoopConfiguration();
    this.names = new SourceNames(request.salt(), List.of());
  }

  /** A row of a table. */
  private record Member(FeatureTable.Row row, String path, String relative, String name) {
    String patient() {
      return row.patient().isEmpty() ? name : row.patient();
    }
  }

  static DatasetManifest run(SparkSession session, PrepareRequest request) {
    return new RowPreparation(session, request).run();
  }

  private DatasetManifest run() {
    if (request.task() != Task.CLASSIFICATION) {
      throw DatasetErrors.usage(
          "SAMPLE_KIND_MISMATCH",
          "rows have a class each, so there is nothing to segment",
          "Set data.task to classification.");
    }
    DatasetOutput output = DatasetOutput.open(request, configuration);
    RunningTasks tasks = RunningTasks.watch(spark);
    try {
      readTables();
      refuse();
      return write(output);
    } catch (Exception e) { // Spark throws checked exceptions that its signatures do not declare
      tasks.awaitNone();
      output.abandon();
      throw DatasetErrors.foreseen(output.temporary().getParent(), e);
    } finally {
      tasks.close();
    }
  }

  private void readTables() {
    for (TableListing.Item item : TableListing.of(request.input(), configuration)) {
      String shown = shown(item);
      byte[] content = TableListing.content(item.path(), shown, configuration);
      FeatureTable table =
          FeatureTable.labelled(item.relative(), shown, content, request.sampling().table());
      if (!features.isEmpty() && !features.equals(table.features())) {
        throw DatasetErrors.data(
            "TABLES_DIFFER",
            shown
                + " has "
                + table.features().size()
                + " features, the tables before it "
                + features.size()
                + "; they differ from number "
                + firstDifference(features, table.features())
                + " on",
            "Give all tables the same columns in the same order.");
      }
      features = table.features();
      rejections.addAll(table.rejections());
      hashes.add(String.join("\t", item.relative(), content.length + "", SourceNames.hex(content)));
      for (FeatureTable.Row row : table.rows()) {
        members.add(
            new Member(
                row,
                item.path(),
                item.relative(),
                FeatureTable.name(item.relative(), row.number())));
      }
    }
    classes =
        List.copyOf(new TreeSet<>(members.stream().map(member -> member.row().label()).toList()));
  }

  /** From 1. */
  private static int firstDifference(List<String> some, List<String> others) {
    int at = 0;
    while (at < Math.min(some.size(), others.size()) && some.get(at).equals(others.get(at))) {
      at++;
    }
    return at + 1;
  }

  private void refuse() {
    int all = members.size() + rejections.size();
    if (rejections.size() > request.maxRejected() * all || members.isEmpty()) {
      throw DatasetErrors.data(
          "TOO_MANY_REJECTED",
          request.input()
              + ": "
              + rejections.size()
              + " of "
              + all
              + " rows cannot be taken: "
              + rejections.stream().limit(5).map(r -> shown(r) + " (" + r.message() + ")").toList(),
          "Repair or remove these rows, or allow a larger share of rejected ones.");
    }
    if (classes.size() < 2) {
      throw DatasetErrors.data(
          "ONE_CLASS_ONLY",
          request.input() + ": the only class is " + classes,
          "Give rows of at least two classes.");
    }
    if (features.isEmpty()) {
      throw DatasetErrors.data(
          "TABLE_COLUMN_MISSING",
          request.input() + ": no column is left to learn from",
          "Give columns of numbers beside " + request.sampling().table().label() + ".");
    }
  }

  private DatasetManifest write(DatasetOutput output) throws IOException {
    Map<String, String> splits = splits();
    List<Member> ordered = new ArrayList<>(members);
    ordered.sort(
        Comparator.comparing(
                (Member member) -> SplitAssignment.SPLITS.indexOf(splits.get(member.name())))
            .thenComparing(
                member ->
                    SourceNames.hex(
                        request.split().seed() + "\0" + names.sourceId(member.name()))));
    output.begin();
    Shards shards = new Shards();
    List<Tuple2<Long, byte[]>> rows = new ArrayList<>();
    for (Member member : ordered) {
      String split = splits.get(member.name());
      shards.add(split, (long) features.size() * Float.BYTES);
      rows.add(new Tuple2<>((long) rows.size(), Wire.pack(sample(member, split))));
    }
    shards.starts.add((long) rows.size());
    List<ShardTasks.Written> written = written(rows, shards, output);
    List<ShardFile> files = ShardJob.place(written, shards.splits, Map.of(), output);
    output.writeLines(REJECTED, rejections.stream().map(this::line).iterator());
    output.writeLines("sources.jsonl", ordered.stream().map(this::sourceLine).iterator());
    DatasetManifest manifest = manifest(ordered, splits, shards, written, files);
    output.finish(manifest);
    return manifest;
  }

  /** The split of each row, by its name: patients and equal rows stay on one side. */
  private Map<String, String> splits() {
    SplitBins bins = new SplitBins(request.split(), request.collection().fold());
    int[] assigned =
        SplitAssignment.assign(
            members.stream()
                .map(
                    member ->
                        new SplitAssignment.Member(
                            member.name(),
                            names.patientKey(member.patient()),
                            Sha256.of(member.row().pixels()),
                            classes.indexOf(member.row().label()),
                            SplitAssignment.NONE))
                .toList(),
            bins);
    Map<String, String> splits = new HashMap<>();
    for (int i = 0; i < assigned.length; i++) {
      splits.put(members.get(i).name(), bins.split(assigned[i]));
    }
    return splits;
  }

  /** Where shards begin: at a split, and where one is full. */
  private final class Shards {
    private final List<Long> starts = new ArrayList<>();
    private final List<String> splits = new ArrayList<>();
    private long rows;
    private long filled;

    void add(String split, long bytes) {
      boolean begins = splits.isEmpty() || !splits.get(splits.size() - 1).equals(split);
      if (begins || filled > request.shardBytes() - bytes) {
        starts.add(rows);
        splits.add(split);
        filled = 0;
      }
      filled += bytes;
      rows++;
    }
  }

  private Sample sample(Member member, String split) {
    return member
        .row()
        .sample(
            names.sourceId(member.name()),
            names.patient(member.patient()),
            split,
            classes.indexOf(member.row().label()),
            names.hidden(member.relative(), member.patient()));
  }

  private List<ShardTasks.Written> written(
      List<Tuple2<Long, byte[]>> rows, Shards shards, DatasetOutput output) {
    ShardTasks.Job job =
        new ShardTasks.Job(
            new HadoopSettings(configuration),
            Preparation.ofRows(features),
            new int[0],
            classes.size(),
            output.temporary().toString(),
            shards.splits.toArray(String[]::new));
    JobDescription named =
        JobDescription.of(spark.sc(), "prepare", "write shards of " + rows.size() + " rows");
    try {
      return spark
          .parallelizePairs(rows, spark.defaultParallelism())
          .repartitionAndSortWithinPartitions(new ShardTasks.ByShard(shards.starts))
          .mapPartitionsWithIndex((shard, part) -> ShardTasks.write(shard, part, job), true)
          .collect()
          .stream()
          .map(bytes -> Wire.unpack(ShardTasks.Written.class, bytes))
          .sorted(Comparator.comparingInt(ShardTasks.Written::shard))
          .toList();
    } finally {
      named.close();
    }
  }

  private DatasetManifest manifest(
      List<Member> ordered,
      Map<String, String> splits,
      Shards shards,
      List<ShardTasks.Written> written,
      List<ShardFile> files) {
    Preparation preparation = Preparation.ofRows(features);
    SortedMap<String, SplitSummary> summaries = new TreeMap<>();
    for (String split : SplitAssignment.SPLITS) {
      SortedMap<String, Long> counts = new TreeMap<>();
      List<Member> own =
          ordered.stream().filter(member -> splits.get(member.name()).equals(split)).toList();
      classes.forEach(name -> counts.put(name, 0L));
      own.forEach(member -> counts.merge(member.row().label(), 1L, Long::sum));
      long patients = own.stream().map(Member::patient).distinct().count();
      summaries.put(split, new SplitSummary(own.size(), patients, counts));
    }
    hashes.sort(Comparator.naturalOrder());
    return new DatasetManifest(
        DatasetManifest.SCHEMA_VERSION,
        ManifestAssembly.TOOL_VERSION,
        Task.CLASSIFICATION,
        classes,
        List.of(),
        preparation,
        ManifestAssembly.normalization(preparation, shards.splits, written),
        summaries,
        files,
        SourceNames.hex(String.join("\n", hashes)),
        request.split(),
        rejections.size(),
        0,
        request.collection().fold().toString(),
        null);
  }

  /** A table that the request names itself is shown, one below the input is hidden. */
  private String shown(TableListing.Item item) {
    return new Path(request.input()).getName().equals(item.relative())
        ? item.relative()
        : names.hidden(item.relative(), "");
  }

  /** The name of a table is hidden like that of any other file, the number of the row is not. */
  private String shown(Rejection rejection) {
    int number = rejection.path().lastIndexOf('#');
    return names.hidden(rejection.path().substring(0, number), "")
        + rejection.path().substring(number);
  }

  private Map<String, Object> line(Rejection rejection) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("path", shown(rejection));
    line.put("code", rejection.code());
    line.put("message", rejection.message());
    return line;
  }

  private Map<String, Object> sourceLine(Member member) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("id", names.sourceId(member.name()));
    line.put("path", member.path() + "#" + member.row().number());
    line.put("mask_path", "");
    line.put("patient", member.patient());
    return line;
  }
}
