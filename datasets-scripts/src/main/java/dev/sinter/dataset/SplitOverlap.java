package dev.sinter.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sinter.dataset.DatasetManifest.ShardFile;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Refuses a dataset whose splits share a patient or an image, whatever made it: shards may have
 * been copied, merged or edited. Driver only.
 */
public final class SplitOverlap {
  private static final int SHOWN = 5;

  private SplitOverlap() {}

  /**
   * Compares patients and images of all shards, as the index assigns them to splits.
   *
   * @throws dev.sinter.error.SinterException {@code SPLITS_OVERLAP}
   */
  public static void refuse(SparkSession session, Path root, DatasetManifest dataset) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    HadoopSettings hadoop = new HadoopSettings(spark.hadoopConfiguration());
    List<String> paths =
        dataset.shards().stream().map(s -> new Path(root, s.path()).toString()).toList();
    int[] bits =
        dataset.shards().stream()
            .map(ShardFile::split)
            .mapToInt(split -> 1 << SplitAssignment.SPLITS.indexOf(split))
            .toArray();
    if (IntStream.of(bits).distinct().count() < 2) {
      return;
    }
    SampleKind kind = dataset.preparation().sample();
    // Rows of the same numbers are not copies of one picture.
    boolean whole = !kind.isPartOfSource() && kind != SampleKind.ROW;
    List<String> shared = new ArrayList<>();
    JobDescription named =
        JobDescription.of(session, "train", "compare the splits of " + bits.length + " shards");
    try {
      spark
          .parallelize(IntStream.range(0, bits.length).boxed().toList(), bits.length)
          .flatMapToPair(
              shard ->
                  ShardIdentities.of(hadoop.configuration(), new Path(paths.get(shard)), whole)
                      .stream()
                      .map(key -> new Tuple2<>(key, bits[shard]))
                      .iterator())
          .reduceByKey((a, b) -> a | b)
          .filter(pair -> Integer.bitCount(pair._2()) > 1)
          .keys()
          .mapPartitions(SplitOverlap::packed)
          .collect()
          .forEach(part -> shared.addAll(new String(part, UTF_8).lines().toList()));
    } catch (Exception e) { // Spark throws checked exceptions that its signatures do not declare
      throw DatasetErrors.foreseen(root, e);
    } finally {
      named.close();
    }
    if (!shared.isEmpty()) {
      throw overlap(root, shared);
    }
  }

  private static Iterator<byte[]> packed(Iterator<String> keys) {
    StringBuilder lines = new StringBuilder();
    keys.forEachRemaining(key -> lines.append(key).append('\n'));
    return lines.isEmpty()
        ? List.<byte[]>of().iterator()
        : List.of(lines.toString().getBytes(UTF_8)).iterator();
  }

  private static RuntimeException overlap(Path root, List<String> shared) {
    long patients = shared.stream().filter(key -> key.startsWith("patient ")).count();
    return DatasetErrors.data(
        "SPLITS_OVERLAP",
        String.format(
            Locale.ROOT,
            "%s: %d patients and %d images lie in more than one split, so a test would measure"
                + " memory: %s",
            root,
            patients,
            shared.size() - patients,
            shared.stream().sorted().limit(SHOWN).collect(Collectors.joining(", "))),
        "Prepare the collection again with sinter prepare --overwrite; do not move shards between"
            + " datasets or splits.");
  }
}
