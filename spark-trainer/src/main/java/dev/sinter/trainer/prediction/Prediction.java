package dev.sinter.trainer.prediction;

import dev.sinter.dataset.JobDescription;
import dev.sinter.dataset.MaskWriter;
import dev.sinter.dataset.RunningTasks;
import dev.sinter.dataset.SourceCollection;
import dev.sinter.dataset.SourceItem;
import dev.sinter.dataset.Task;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.checkpoint.FolderLease;
import dev.sinter.trainer.checkpoint.LeasedFolder;
import dev.sinter.trainer.prediction.SourceChunks.Chunk;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;

/**
 * Predicts new images or volumes, as a Spark job that writes where it computes: masks as PNG or
 * NIfTI with the source's geometry, classes as Parquet and CSV. A file that cannot be read is
 * listed in {@code rejected.jsonl} and does not end the job.
 *
 * <p>The sources are divided into chunks, each of which is whole or absent, in a folder beside the
 * output. The same prediction into the same output goes on with the chunks that are missing; when
 * all are there, the folder becomes the output by one rename. Neither the list of sources nor
 * results stay on the driver.
 */
public final class Prediction {
  /** What a prediction ships. */
  public static final List<Class<?>> SHIPPED =
      List.of(
          ShippedModel.class,
          PredictionPlan.class,
          PredictionOptions.class,
          Chunk.class,
          ChunkCounts.class);

  /** Tasks for each core: enough for an even end, few enough that models are loaded rarely. */
  private static final int TASKS_PER_CORE = 8;

  private final SparkSession session;
  private final PredictionPlan plan;
  private final String input;
  private final Path output;
  private final Configuration hadoop;

  /** A prediction of everything under {@code input}, by one model, as it is by default. */
  public Prediction(SparkSession session, ShippedModel model, String input, String output) {
    this(session, List.of(model), PredictionOptions.DEFAULT, input, output);
  }

  /**
   * A prediction of everything under {@code input}.
   *
   * @param models whose probabilities are averaged
   * @throws SinterException {@code MODELS_DIFFER}, {@code PREDICT_OPTION_INVALID}
   */
  public Prediction(
      SparkSession session,
      List<ShippedModel> models,
      PredictionOptions options,
      String input,
      String output) {
    this.session = session;
    this.plan = PredictionPlan.of(models, options);
    this.input = input;
    this.output = new Path(output);
    this.hadoop = session.sparkContext().hadoopConfiguration();
  }

  /**
   * What came out.
   *
   * @param task of the model
   * @param predicted files
   * @param rejected files that could not be read
   * @param output folder
   * @param chunks that the files were divided into; 0 when there was nothing left to do
   * @param chunksBefore those that an earlier run had left
   * @param seconds of this run
   */
  public record Outcome(
      String task,
      long predicted,
      long rejected,
      String output,
      int chunks,
      int chunksBefore,
      double seconds) {}

  /** The same without a word on the way. */
  public Outcome run() {
    return run(line -> {});
  }

  /**
   * Runs the job, or what is left of it.
   *
   * @param said takes a sentence about what an earlier run left
   * @throws SinterException {@code OUTPUT_EXISTS}, {@code PREDICTION_DIFFERS}, {@code
   *     PATH_NOT_FOUND}, {@code NO_IMAGES_FOUND}, {@code MASK_NAMES_COLLIDE}, {@code
   *     NOTHING_PREDICTED}, {@code PREDICTION_IN_USE}
   */
  public Outcome run(Consumer<String> said) {
    JobDescription named =
        JobDescription.of(
            session, "predict", "predict with " + plan.models().get(0).network().spec().name());
    try {
      return predict(said);
    } finally {
      named.close();
    }
  }

  private Outcome predict(Consumer<String> said) {
    long start = System.nanoTime();
    PredictionFolder whole = new PredictionFolder(output, hadoop);
    Optional<PredictionManifest> finished = finished(whole);
    PredictionFolder folder = new PredictionFolder(PredictionFolder.unfinished(output), hadoop);
    Optional<PredictionManifest> begun = finished.or(folder::manifest);
    List<SourceItem> items = list();
    SourceChunks chunks =
        SourceChunks.of(
            items,
            begun
                .map(PredictionManifest::sourcesPerChunk)
                .orElseGet(() -> SourceChunks.sourcesPerChunk(items.size(), cores())));
    PredictionManifest manifest = PredictionManifest.unfinished(plan, chunks);
    begun.ifPresent(before -> requireSame(before, manifest));
    if (finished.isPresent()) {
      said.accept("nothing to do: " + output + " is finished, by the same model and options");
      return outcome(finished.get(), 0, 0, start);
    }
    PredictionManifest done;
    int before;
    try (FolderLease lease = take(folder, said)) {
      if (begun.isEmpty()) {
        begin(folder, items, manifest);
      }
      items.clear(); // tasks read the file
      before = folder.wholeChunks();
      if (before > 0) {
        said.accept(
            String.format(
                "goes on: %,d of %,d chunks are there already", before, chunks.chunks().size()));
      }
      done =
          begun
              .filter(PredictionManifest::isFinished)
              .orElseGet(() -> compute(folder, chunks, manifest));
      Optional<SinterException> loss = lease.loss();
      if (loss.isPresent()) {
        throw loss.get();
      }
    }
    publish(folder);
    return outcome(done, chunks.chunks().size(), before, start);
  }

  private static FolderLease take(PredictionFolder folder, Consumer<String> said) {
    return FolderLease.take(
        new LeasedFolder(
            folder.files(),
            new Path(folder.work(), "driver.lease"),
            holder ->
                new SinterException(
                    ErrorCategory.RESOURCES,
                    "PREDICTION_IN_USE",
                    folder.root() + " is being written by " + holder,
                    "wait until it has ended, or end it and start again; or choose another --output"),
            how ->
                new SinterException(
                    ErrorCategory.RESOURCES,
                    "PREDICTION_IN_USE",
                    folder.root() + " " + how,
                    "this driver was not heard of for too long, and another one goes on with the"
                        + " prediction; there is nothing to do")),
        said);
  }

  private int cores() {
    return session.sparkContext().defaultParallelism();
  }

  private Outcome outcome(PredictionManifest done, int chunks, int before, long start) {
    return new Outcome(
        done.task(),
        done.predicted(),
        done.rejected(),
        output.toString(),
        chunks,
        before,
        (System.nanoTime() - start) / 1e9);
  }

  /** What is in the output; nothing while it is empty or absent. */
  private Optional<PredictionManifest> finished(PredictionFolder whole) {
    try {
      if (!whole.files().exists(output) || whole.files().listStatus(output).length == 0) {
        return Optional.empty();
      }
    } catch (IOException e) {
      throw AtomicFiles.failure(output, e);
    }
    Optional<PredictionManifest> manifest = whole.manifest();
    if (manifest.isEmpty()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "OUTPUT_EXISTS",
          output + " is not empty",
          "choose another --output, or remove that folder");
    }
    return manifest;
  }

  private List<SourceItem> list() {
    SourceCollection sources = SourceCollection.list(hadoop, input, plan.dataset().preparation());
    if (plan.dataset().task() == Task.SEGMENTATION) {
      MaskWriter.requireDistinctNames(sources);
    }
    return sources.items();
  }

  private void requireSame(PredictionManifest before, PredictionManifest now) {
    before
        .difference(now)
        .ifPresent(
            difference -> {
              throw new SinterException(
                  ErrorCategory.USAGE,
                  "PREDICTION_DIFFERS",
                  before.isFinished()
                      ? output + " was made " + difference
                      : "the unfinished prediction "
                          + PredictionFolder.unfinished(output)
                          + " was begun "
                          + difference,
                  "repeat the command that began it, choose another --output, or remove that folder");
            });
  }

  /** The manifest comes last: what has none is removed, as here. */
  private static void begin(
      PredictionFolder folder, List<SourceItem> items, PredictionManifest manifest) {
    folder.clear();
    AtomicFiles.write(
        folder.files(),
        folder.sources(),
        out -> SourceChunks.write(items, manifest.sourcesPerChunk(), out));
    folder.write(manifest);
  }

  private PredictionManifest compute(
      PredictionFolder folder, SourceChunks chunks, PredictionManifest manifest) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    AtomicFiles.deleteIfThere(folder.files(), folder.writing()); // what a killed run left
    Broadcast<PredictionPlan> shipped = spark.broadcast(plan);
    RunningTasks running = RunningTasks.watch(spark);
    try {
      folder.files().mkdirs(folder.writing());
      int tasks = Math.min(chunks.chunks().size(), TASKS_PER_CORE * cores());
      String root = folder.root().toString();
      ChunkTask task = new ChunkTask(shipped, root, chunks.folder());
      spark.parallelize(chunks.chunks(), tasks).foreachPartition(task::run);
      ChunkCounts counts = count(spark, root, chunks.chunks(), tasks);
      requireAny(folder, counts);
      if (plan.dataset().task() == Task.CLASSIFICATION) {
        new PredictionTable(session, plan.dataset().classes())
            .write(folder, chunks.chunks(), counts.predicted());
      }
      if (counts.rejected() > 0) {
        appendRejections(folder);
      }
      PredictionManifest done = manifest.finished(counts.predicted(), counts.rejected());
      folder.write(done);
      return done;
    } catch (IOException e) {
      throw AtomicFiles.failure(folder.root(), e);
    } finally {
      running.awaitNone(); // what goes on with this folder next meets none of them
      running.close();
      shipped.destroy();
    }
  }

  private static ChunkCounts count(
      JavaSparkContext spark, String root, List<Chunk> chunks, int tasks) {
    return spark
        .parallelize(chunks, tasks)
        .map(
            chunk -> {
              Configuration conf = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
              PredictionFolder folder = new PredictionFolder(new Path(root), conf);
              return ChunkResult.counts(folder.files(), folder.chunk(chunk));
            })
        .fold(ChunkCounts.NONE, ChunkCounts::plus);
  }

  private void requireAny(PredictionFolder folder, ChunkCounts counts) throws IOException {
    if (counts.predicted() > 0) {
      return;
    }
    String first;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                folder.files().open(folder.rejections().get(0)), StandardCharsets.UTF_8))) {
      first = ChunkResult.messageOf(lines.readLine());
    }
    AtomicFiles.deleteIfThere(folder.files(), folder.root()); // nothing to go on with
    throw new SinterException(
        ErrorCategory.DATA,
        "NOTHING_PREDICTED",
        "none of the "
            + counts.rejected()
            + " files under "
            + input
            + " could be read; the first: "
            + first,
        "give images or volumes of the kind that the model was trained on");
  }

  private static void appendRejections(PredictionFolder folder) {
    AtomicFiles.write(
        folder.files(), new Path(folder.root(), "rejected.jsonl"), out -> append(folder, out));
  }

  private static void append(PredictionFolder folder, OutputStream out) throws IOException {
    for (Path part : folder.rejections()) {
      try (InputStream in = folder.files().open(part)) {
        in.transferTo(out);
      }
    }
  }

  /** The unfinished folder becomes the output. */
  private void publish(PredictionFolder folder) {
    FileSystem files = folder.files();
    AtomicFiles.deleteIfThere(files, folder.work());
    try {
      files.delete(output, false); // an empty folder
      if (!files.rename(folder.root(), output)) {
        throw new IOException("renaming " + folder.root() + " to " + output + " failed");
      }
    } catch (IOException e) {
      throw AtomicFiles.failure(output, e);
    }
  }
}
