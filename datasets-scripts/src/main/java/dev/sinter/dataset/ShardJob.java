package dev.sinter.dataset;

import dev.sinter.dataset.DatasetManifest.ShardFile;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/** The Spark job that makes the samples of a plan and writes them to shards. Driver only. */
final class ShardJob {
  private final JavaSparkContext spark;
  private final Survey survey;
  private final DatasetPlan plan;
  private final HadoopSettings hadoop;

  ShardJob(JavaSparkContext spark, Survey survey, HadoopSettings hadoop) {
    this.spark = spark;
    this.survey = survey;
    this.plan = survey.plan.orElseThrow();
    this.hadoop = hadoop;
  }

  /** A source to make samples of; who it is is hashed on the executor. */
  private record Item(SourceEntry entry, String split, long[] ranks) implements Serializable {}

  List<ShardTasks.Written> run(DatasetOutput output, int classes) {
    List<SourceFacts> taken = plan.taken();
    List<byte[]> batches =
        Batches.pack(
            taken.size(),
            spark.defaultParallelism(),
            i -> {
              int index = taken.get(i).index();
              return new Item(
                  survey.layout.entries.get(index),
                  plan.sides.split(index),
                  plan.order.ranks[index]);
            });
    ShardTasks.Job job =
        new ShardTasks.Job(
            hadoop,
            plan.preparation,
            plan.maskValues.stream().mapToInt(Integer::intValue).toArray(),
            classes,
            output.temporary().toString(),
            plan.order.shardSplits.toArray(String[]::new));
    SourceNames names = survey.names;
    JobDescription named =
        JobDescription.of(spark.sc(), "prepare", "write shards of " + taken.size() + " sources");
    try {
      return spark
          .parallelize(batches, batches.size())
          .flatMapToPair(batch -> samples(batch, names, job))
          .repartitionAndSortWithinPartitions(new ShardTasks.ByShard(plan.order.shardStarts))
          .mapPartitionsWithIndex((shard, rows) -> ShardTasks.write(shard, rows, job), true)
          .collect()
          .stream()
          .map(bytes -> Wire.unpack(ShardTasks.Written.class, bytes))
          .sorted(Comparator.comparingInt(ShardTasks.Written::shard))
          .toList();
    } finally {
      named.close();
    }
  }

  /** One source at a time: the samples of a batch do not fit into memory together. */
  private static Iterator<Tuple2<Long, byte[]>> samples(
      byte[] batch, SourceNames names, ShardTasks.Job job) {
    SourceReading reading = new SourceReading(job.hadoop().configuration(), names);
    return Batches.<Item>unpack(batch).stream()
        .flatMap(item -> samples(item, names, reading, job).stream())
        .iterator();
  }

  private static List<Tuple2<Long, byte[]>> samples(
      Item item, SourceNames names, SourceReading reading, ShardTasks.Job job) {
    SourceEntry entry = item.entry();
    SampleFactory.Identity identity =
        new SampleFactory.Identity(
            names.sourceId(entry.relative()),
            names.patient(entry.patient()),
            item.split(),
            reading.shown(entry),
            entry.label());
    List<Tuple2<Long, byte[]>> rows = new ArrayList<>();
    try {
      ShardTasks.samples(new ShardTasks.Work(entry, identity, item.ranks()), reading, job)
          .forEachRemaining(rows::add);
    } catch (IOException e) { // its message, which Spark logs, names the file
      throw DatasetErrors.sourceLost(reading.shown(entry), e);
    } catch (SinterException e) {
      throw new SinterException(
          e.category(), e.code(), reading.scrubbed(entry, e.getMessage()), e.remedy());
    }
    return rows;
  }

  /**
   * Gives the written shards their names.
   *
   * @param numbers how many shards of each split there are already
   */
  List<ShardFile> place(
      List<ShardTasks.Written> written, Map<String, Integer> numbers, DatasetOutput output)
      throws IOException {
    return place(written, plan.order.shardSplits, numbers, output);
  }

  /** The same for shards of these splits. */
  static List<ShardFile> place(
      List<ShardTasks.Written> written,
      List<String> shardSplits,
      Map<String, Integer> numbers,
      DatasetOutput output)
      throws IOException {
    List<ShardFile> shards = new ArrayList<>();
    Map<String, Integer> next = new HashMap<>(numbers);
    for (ShardTasks.Written shard : written) {
      String split = shardSplits.get(shard.shard());
      int number = next.merge(split, 1, Integer::sum) - 1;
      String name = String.format(Locale.ROOT, "%s-%05d.parquet", split, number);
      output.place(shard.file(), name);
      shards.add(
          new ShardFile("shards/" + name, split, shard.samples(), shard.bytes(), shard.sha256()));
    }
    return shards;
  }
}
