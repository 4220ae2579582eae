package dev.sinter.api;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.Sample;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.data.SplitReader;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A prepared dataset. */
public final class SinterDataset {
  private final SparkSession spark;
  private final String location;
  private final DatasetManifest manifest;

  private SinterDataset(SparkSession spark, String location, DatasetManifest manifest) {
    this.spark = spark;
    this.location = location;
    this.manifest = manifest;
  }

  /**
   * Opens the folder that a preparation wrote.
   *
   * @throws dev.sinter.error.SinterException {@code DATASET_NOT_FOUND}
   */
  public static SinterDataset open(SparkSession spark, String uri) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    String location = Locations.qualified(uri, hadoop);
    return new SinterDataset(spark, location, DatasetManifest.read(new Path(location), hadoop));
  }

  /** The index, {@code dataset.json}. */
  public DatasetManifest manifest() {
    return manifest;
  }

  /** The folder. */
  public String location() {
    return location;
  }

  /** All shards as one table, for Spark SQL; its columns are in docs/reference/shards.md. */
  public Dataset<Row> samples() {
    String[] shards =
        manifest.shards().stream()
            .map(shard -> location + "/" + shard.path())
            .toArray(String[]::new);
    return spark.read().parquet(shards);
  }

  /** A row for each split and class: samples, and the split's patients. */
  public Dataset<Row> splitTable() {
    return Tables.splits(spark, manifest);
  }

  /**
   * Samples of a split, at equal distances, as an HTML fragment: images with their class, or with
   * their mask laid over.
   *
   * @param most how many at most
   */
  public String examplesHtml(String split, int most) {
    List<Sample> samples = new ArrayList<>();
    DatasetManifest.SplitSummary summary = manifest.splits().get(split);
    long all = summary == null ? 0 : summary.samples();
    long shown = Math.min(most, all);
    for (long i = 0; i < shown; i++) {
      long index = all * i / shown;
      try (SplitReader reader =
          new SplitReader(
              spark.sparkContext().hadoopConfiguration(),
              new Path(location),
              manifest,
              split,
              index,
              index + 1)) {
        samples.add(reader.next());
      }
    }
    return Drawings.samples(manifest, samples);
  }
}
