package dev.sinter.trainer.run;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.DatasetPreparation;
import dev.sinter.dataset.PrepareRequest;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.config.DataConfig;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Runs a preparation and tells what it made. */
public final class Preparing {
  private final SparkSession spark;
  private final Console console;

  public Preparing(SparkSession spark, Console console) {
    this.spark = spark;
    this.console = console;
  }

  /**
   * Prepares unless the dataset is there already, or there is nothing to prepare it from.
   *
   * @return seconds that it took
   */
  public double runIfMissing(DataConfig data) {
    Path index = new Path(data.output(), DatasetManifest.FILE_NAME);
    try {
      if (data.input().isEmpty()
          || index.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(index)) {
        return 0;
      }
    } catch (IOException e) {
      throw AtomicFiles.failure(index, e);
    }
    long start = System.nanoTime();
    runOfOwnData(PrepareRequests.of(data, spark.sparkContext().hadoopConfiguration()));
    return (System.nanoTime() - start) / 1e9;
  }

  /** Data of patients need a salt that nobody knows; the demo's sets are public. */
  public DatasetManifest runOfOwnData(PrepareRequest request) {
    if (request.hasPublicSalt()) {
      console.line(
          "warning: patients and file names are hashed without a secret, so whoever can guess a"
              + " name can confirm it; before data leave the site, set data.salt-file to a file"
              + " made with: openssl rand -hex 32");
    }
    return run(request);
  }

  public DatasetManifest run(PrepareRequest request) {
    console.line("preparing %s", displayed(request.input()));
    long start = System.nanoTime();
    DatasetManifest manifest = DatasetPreparation.run(spark, request);
    for (String name : List.of("train", "val", "test")) {
      DatasetManifest.SplitSummary split = manifest.splits().get(name);
      if (split != null) {
        console.line(
            "  %-5s %,8d samples of %,d patients", name, split.samples(), split.patients());
      }
    }
    if (manifest.rejected() > 0) {
      console.line(
          "  %,d files were not taken; %s/rejected.jsonl says why",
          manifest.rejected(), displayed(request.output()));
    }
    console.line(
        "prepared %d classes, %s, in %s: %s",
        manifest.classes().size(),
        manifest.inputShape().toString().replace("x", " x "),
        Console.duration((System.nanoTime() - start) / 1e9),
        displayed(request.output()));
    return manifest;
  }

  private static String displayed(String location) {
    return TrainingRun.displayed(new Path(location));
  }
}
