package dev.sinter.dataset;

import dev.sinter.dataset.DatasetManifest.ShardFile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** From a collection of images to verified, patient-safe shards. Driver only. */
public final class DatasetPreparation {
  private final JavaSparkContext spark;
  private final PrepareRequest request;
  private final Configuration configuration;

  private DatasetPreparation(SparkSession session, PrepareRequest request) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.request = request;
    this.configuration = spark.hadoopConfiguration();
  }

  /**
   * Verifies, splits and shards a collection. A dataset that is at the output already grows by what
   * is new or has changed, unless it is to be overwritten.
   *
   * @return the index that was written last
   * @throws dev.sinter.error.SinterException with a code of {@code docs/reference/shards.md};
   *     nothing half-written is left then
   */
  public static DatasetManifest run(SparkSession session, PrepareRequest request) {
    return request.sampling().kind().equals(SampleKind.ROW.key())
        ? RowPreparation.run(session, request)
        : new DatasetPreparation(session, request).run();
  }

  /**
   * Verifies and plans as {@link #run} does, and writes nothing.
   *
   * @throws dev.sinter.error.SinterException when the collection cannot even be listed
   */
  public static Verification verify(SparkSession session, PrepareRequest request) {
    if (request.sampling().kind().equals(SampleKind.ROW.key())) {
      throw DatasetErrors.usage(
          "PREPARE_REQUEST_INVALID",
          "a dry run looks at images and volumes, not at tables",
          "Prepare the table: its rows are checked before anything is written.");
    }
    DatasetPreparation preparation = new DatasetPreparation(session, request);
    try {
      return Verification.of(new Survey(preparation.spark, request, preparation.configuration));
    } catch (Exception e) { // Spark throws checked exceptions that its signatures do not declare
      throw DatasetErrors.foreseen(FileListing.path(request.output()), e);
    }
  }

  private DatasetManifest run() {
    boolean grows = Growth.isAt(request, configuration);
    DatasetOutput output =
        grows
            ? DatasetOutput.openToGrow(request, configuration)
            : DatasetOutput.open(request, configuration);
    RunningTasks tasks = RunningTasks.watch(spark);
    try {
      Survey survey = new Survey(spark, request, configuration);
      if (!survey.problems.isEmpty()) {
        throw survey.problems.get(0);
      }
      return grows
          ? new DatasetGrowth(spark, survey, configuration).run(output)
          : write(survey, output);
    } catch (Exception e) { // Spark throws checked exceptions that its signatures do not declare
      tasks.awaitNone();
      output.abandon();
      throw DatasetErrors.foreseen(output.temporary().getParent(), e);
    } finally {
      tasks.close();
    }
  }

  private DatasetManifest write(Survey survey, DatasetOutput output) throws IOException {
    List<String> classes = survey.classes();
    output.begin();
    ShardJob job = new ShardJob(spark, survey, new HadoopSettings(configuration));
    List<ShardTasks.Written> written = job.run(output, classes.size());
    List<ShardFile> shards = job.place(written, Map.of(), output);
    SourceLines lines = new SourceLines(survey);
    output.writeLines("rejected.jsonl", survey.rejections.stream().map(lines::rejected).iterator());
    output.writeLines("sources.jsonl", lines.sources(configuration).iterator());
    DatasetManifest manifest = ManifestAssembly.of(survey, classes, written, shards);
    output.finish(manifest);
    return manifest;
  }
}
