package dev.sinter.trainer.tuning;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.SplitOverlap;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.TuneConfig;
import dev.sinter.trainer.config.TuneFile;
import dev.sinter.trainer.tuning.HalvingPlan.Rung;
import dev.sinter.trainer.tuning.SearchResult.RungSummary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Searches hyper-parameters by successive halving. A trial is an ordinary run in a folder of its
 * own, whose schedule is that of all epochs from the beginning; it is stopped at a rung and goes on
 * from its checkpoint if it is among the best. So what a search has found lies in its runs, and one
 * that was killed finds it there. The test split is not read. Driver only.
 */
public final class HyperParameterSearch {
  private static final Logger LOG = LoggerFactory.getLogger(HyperParameterSearch.class);

  /** The best configuration, in the search's folder. */
  static final String BEST = "best.yaml";

  private static final String SEARCH = "tune.yaml";

  private final SparkSession spark;
  private final TuneFile file;
  private final TrialRuns runs;
  private final SearchListener listener;

  /**
   * A search.
   *
   * @param file with qualified locations
   * @param versions of Sinter and its libraries, kept in the checkpoints
   */
  public HyperParameterSearch(
      SparkSession spark, TuneFile file, Map<String, String> versions, SearchListener listener) {
    this.spark = spark;
    this.file = file;
    this.listener = listener;
    this.runs = new TrialRuns(spark, versions);
  }

  /**
   * Searches to the end.
   *
   * @throws SinterException what ends the search: not a trial that diverges
   */
  public SearchResult run() {
    long start = System.nanoTime();
    TuneConfig tune = file.tune();
    RunDirectory directory =
        RunDirectory.open(file.base().train().output(), spark.sparkContext().hadoopConfiguration());
    List<Trial> trials =
        IntStream.rangeClosed(1, tune.trials())
            .mapToObj(number -> Trial.of(file, directory.toString(), number))
            .toList();
    requireValidation();
    requireSameSearch(directory, trials);
    Map<Integer, TrialResult> results = new TreeMap<>();
    List<RungSummary> summaries = new ArrayList<>();
    List<Trial> left = trials;
    for (Rung rung :
        HalvingPlan.rungs(
            tune.trials(), tune.eta(), tune.minEpochs(), file.base().train().epochs())) {
      left = best(left, results, rung.trials());
      if (left.isEmpty()) {
        break;
      }
      summaries.add(new RungSummary(rung.epochs(), left.stream().map(Trial::number).toList()));
      train(left, rung.epochs()).forEach(result -> results.put(result.trial(), result));
    }
    List<TrialResult> ranked =
        results.values().stream().sorted(TrialResult.bestFirst(tune.metric())).toList();
    TrialResult best = ranked.get(0);
    if (best.error() != null) {
      throw new SinterException(
          ErrorCategory.DIVERGED,
          "TUNE_NOTHING_TRAINED",
          "none of the "
              + trials.size()
              + " trials was trained; the first ended with "
              + best.error(),
          "narrow the ranges under tune.parameters; learning rates are the usual reason");
    }
    directory.writeText(BEST, trials.get(best.trial() - 1).run().effectiveYaml());
    return new SearchResult(
        tune.metric(),
        tune.eta(),
        summaries,
        ranked,
        best,
        directory.resolve(BEST).toString(),
        (System.nanoTime() - start) / 1e9);
  }

  private List<Trial> best(List<Trial> trials, Map<Integer, TrialResult> results, int count) {
    if (results.isEmpty()) {
      return trials;
    }
    List<Integer> ranked =
        trials.stream()
            .map(trial -> results.get(trial.number()))
            .filter(result -> result.error() == null)
            .sorted(TrialResult.bestFirst(file.tune().metric()))
            .limit(count)
            .map(TrialResult::trial)
            .toList();
    return trials.stream().filter(trial -> ranked.contains(trial.number())).toList();
  }

  private List<TrialResult> train(List<Trial> trials, int epochs) {
    int parallel =
        Math.max(1, Math.min(Math.min(file.tune().parallel(), fitting()), trials.size()));
    listener.onRung(epochs, trials.size(), parallel);
    ExecutorService threads = Executors.newFixedThreadPool(parallel);
    List<Future<TrialResult>> running =
        trials.stream().map(trial -> threads.submit(() -> trained(trial, epochs))).toList();
    try {
      List<TrialResult> results = new ArrayList<>();
      for (Future<TrialResult> one : running) {
        results.add(one.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while trials trained", e);
    } finally {
      // Those that wait do not begin; those that train end their rung, since an interrupted driver
      // would leave their workers behind.
      running.forEach(one -> one.cancel(false));
      threads.shutdown();
      awaitEnd(threads);
    }
  }

  private static void awaitEnd(ExecutorService threads) {
    try {
      while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
        LOG.info("waiting for trials to end their rung");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private TrialResult trained(Trial trial, int epochs) {
    TrialResult result = runs.train(trial, epochs);
    synchronized (listener) {
      listener.onTrial(result);
    }
    return result;
  }

  /**
   * How many trials have all of their workers at once: a worker that waits would hold others up.
   */
  private int fitting() {
    SparkContext context = spark.sparkContext();
    int slots =
        context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
    return slots / file.base().cluster().workers();
  }

  private void requireValidation() {
    Path data = new Path(file.base().data().output());
    DatasetManifest dataset =
        DatasetManifest.read(data, spark.sparkContext().hadoopConfiguration());
    DatasetManifest.SplitSummary validation = dataset.splits().get("val");
    if (validation == null || validation.samples() == 0) {
      throw new SinterException(
          ErrorCategory.DATA,
          "TUNE_NEEDS_VALIDATION",
          data + " has no val split to compare trials on",
          "prepare it with one: data.split");
    }
    SplitOverlap.refuse(spark, data, dataset); // and the executors are there from now on
  }

  /** A folder belongs to one search: its trials would be taken for those of another one. */
  private void requireSameSearch(RunDirectory directory, List<Trial> trials) {
    StringBuilder text = new StringBuilder();
    text.append("eta: ").append(file.tune().eta()).append('\n');
    text.append("min-epochs: ").append(file.tune().minEpochs()).append('\n');
    text.append("metric: ").append(file.tune().metric()).append('\n');
    trials.forEach(
        trial ->
            text.append("trial-")
                .append(trial.number())
                .append(": ")
                .append(trial.run().settingsOfResult())
                .append('\n'));
    Path path = directory.resolve(SEARCH);
    try {
      if (directory.fileSystem().exists(path)) {
        if (!AtomicFiles.readText(directory.fileSystem(), path).contentEquals(text)) {
          throw new SinterException(
              ErrorCategory.USAGE,
              "TUNE_MISMATCH",
              directory + " holds another search: its trials, eta, min-epochs or metric differ",
              "give it the configuration that it began with, or another train.output");
        }
        return;
      }
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
    directory.writeText(SEARCH, text.toString());
  }
}
