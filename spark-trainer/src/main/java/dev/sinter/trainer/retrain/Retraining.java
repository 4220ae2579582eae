package dev.sinter.trainer.retrain;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.checkpoint.FolderLease;
import dev.sinter.trainer.checkpoint.Promotion;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.StoredModel;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.registry.Attempt;
import dev.sinter.trainer.registry.Comparison;
import dev.sinter.trainer.registry.Decision;
import dev.sinter.trainer.registry.Measured;
import dev.sinter.trainer.registry.ModelVersion;
import dev.sinter.trainer.registry.RegistryDirectory;
import dev.sinter.trainer.registry.RetrainingFiles;
import dev.sinter.trainer.registry.VersionData;
import dev.sinter.trainer.training.TrainingResult;
import dev.sinter.trainer.training.TrainingSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * One retraining: grow the dataset, train a challenger from the champion's weights, compare the two
 * on the same held-out patients, promote or keep, prune. Driver-only.
 *
 * <p>Each step leaves a file that is whole or absent, and is left out where its file is there; so
 * the same command, given again after a crash, goes on to the same decision.
 */
public final class Retraining {
  private final SparkSession spark;
  private final RunConfig run;
  private final RegistryDirectory registry;
  private final RetrainingFiles files;
  private final Map<String, String> versions;
  private final RetrainSteps steps;
  private final Configuration hadoop;
  private final GrowingDataset growing;

  /**
   * A retraining.
   *
   * @param run with qualified locations
   * @param versions of Sinter and its libraries, kept in the version
   */
  public Retraining(
      SparkSession spark,
      RunConfig run,
      RegistryDirectory registry,
      Map<String, String> versions,
      RetrainSteps steps) {
    this.spark = spark;
    this.run = run;
    this.registry = registry;
    this.files = new RetrainingFiles(registry);
    this.versions = versions;
    this.steps = steps;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
    this.growing = new GrowingDataset(run.data(), files, steps, hadoop);
  }

  /**
   * Goes on with what was interrupted, else looks for new data.
   *
   * @param occasion when to train at all
   * @throws SinterException {@code REGISTRY_IN_USE}, or whatever ends it
   */
  public RetrainResult run(Occasion occasion) {
    try (FolderLease lease =
        registry.lease(
            holder -> steps.say("waiting for " + holder + " to end or to be heard of"))) {
      registry.sweep();
      Optional<Attempt> interrupted = files.attempt();
      if (interrupted.isPresent()) {
        Attempt attempt = interrupted.get();
        Optional<Decision> decided = files.decision(attempt.number());
        if (decided.isPresent()) {
          steps.say("retraining " + attempt.number() + " had been decided; finishing it");
          return finish(attempt, decided.get(), lease);
        }
        Optional<String> obstacle = obstacle(attempt);
        if (obstacle.isEmpty()) {
          steps.say("going on with retraining " + attempt.number());
          return carryOut(attempt, growing.now(), lease);
        }
        steps.say("retraining " + attempt.number() + " is given up: " + obstacle.get());
        files.giveUp(attempt);
      }
      return begin(occasion, lease);
    }
  }

  /** Why an interrupted attempt would not come to the decision that it set out for. */
  private Optional<String> obstacle(Attempt attempt) {
    if (!attempt.settings().equals(run.settingsOfResult())) {
      return Optional.of("the configuration has changed");
    }
    if (!attempt.dataset().equals(growing.now().fingerprint())) {
      return Optional.of("the dataset has changed");
    }
    if (!Optional.ofNullable(attempt.champion()).equals(registry.champion())) {
      return Optional.of("the champion has changed");
    }
    return Optional.empty();
  }

  private RetrainResult begin(Occasion occasion, FolderLease lease) {
    DatasetManifest dataset = growing.grow();
    long fresh = growing.newSamples(dataset);
    if (occasion == Occasion.NEW_DATA && fresh < run.retrain().minNewSamples()) {
      steps.say(
          fresh == 0
              ? "no new data since the last decision: nothing to do"
              : String.format(
                  Locale.ROOT,
                  "%,d new samples, fewer than retrain.min-new-samples (%,d): nothing to do",
                  fresh,
                  run.retrain().minNewSamples()));
      return new RetrainResult(Optional.empty(), fresh, registry.champion(), List.of());
    }
    lease.requireHeld();
    Attempt attempt =
        new Attempt(
            Attempt.FORMAT_VERSION,
            files.nextNumber(),
            registry.champion().orElse(null),
            dataset.fingerprint(),
            fresh,
            run.settingsOfResult(),
            registry.now());
    steps.say(
        String.format(
            Locale.ROOT,
            "retraining %d: %,d new samples, champion %s",
            attempt.number(),
            fresh,
            attempt.champion() == null ? "none yet" : attempt.champion()));
    new HeldOutComparison(spark, run, dataset); // refuses before anything is written
    files.begin(attempt);
    return carryOut(attempt, dataset, lease);
  }

  private RetrainResult carryOut(Attempt attempt, DatasetManifest dataset, FolderLease lease) {
    Decision decision;
    try {
      decision = decide(attempt, dataset, lease);
    } catch (SinterException e) {
      if (e.category() != ErrorCategory.DIVERGED || attempt.champion() == null) {
        throw e;
      }
      // Going on from its last checkpoint would only diverge again.
      decision =
          decision(
              attempt,
              dataset,
              Decision.KEPT,
              "training diverged (" + e.code() + "): " + e.getMessage(),
              null,
              null);
    }
    lease.requireHeld();
    files.write(decision);
    return finish(attempt, decision, lease);
  }

  private Decision decide(Attempt attempt, DatasetManifest dataset, FolderLease lease) {
    HeldOutComparison heldOut = new HeldOutComparison(spark, run, dataset);
    Optional<String> champion =
        Optional.ofNullable(attempt.champion()).map(name -> registry.folderOf(name).toString());
    champion.ifPresent(heldOut::requireMeasurable);
    Optional<String> parent = champion.filter(uri -> isSameNetwork(uri, dataset));
    if (champion.isPresent() && parent.isEmpty()) {
      steps.say("the champion is another network, so the challenger does not start from it");
    }
    TrainingResult training = steps.train(challenger(parent));
    lease.requireHeld();
    Measured measured =
        files
            .measured()
            .orElseGet(
                () -> {
                  Measured fresh = heldOut.measure(training.bestCheckpoint(), champion);
                  files.write(fresh);
                  return fresh;
                });
    lease.requireHeld();
    register(attempt, dataset, training, parent.map(uri -> attempt.champion()), measured);
    Comparison comparison = measured.comparison();
    if (comparison == null) {
      return decision(
          attempt, dataset, Decision.FIRST, "there was no champion", attempt.version(), null);
    }
    return decision(
        attempt,
        dataset,
        comparison.promotes() ? Decision.PROMOTED : Decision.KEPT,
        Reasons.of(comparison),
        attempt.version(),
        comparison);
  }

  /** Skips, options and size as well: its weights are to be the challenger's first ones. */
  private boolean isSameNetwork(String champion, DatasetManifest dataset) {
    StoredModel stored = RunDirectory.readModel(champion, hadoop);
    stored.parameters().close();
    ModelSpec was = stored.manifest().model();
    ModelSpec is = TrainingSettings.model(run, dataset);
    return was.name().equals(is.name())
        && was.input().equals(is.input())
        && was.classes() == is.classes()
        && was.options().equals(is.options())
        && was.skips().equals(is.skips());
  }

  private RunConfig challenger(Optional<String> parent) {
    Map<String, String> locations = new LinkedHashMap<>();
    locations.put("train.output", files.run().toString());
    parent.ifPresent(uri -> locations.put("model.pretrained", uri));
    return run.withLocations(locations);
  }

  private void register(
      Attempt attempt,
      DatasetManifest dataset,
      TrainingResult training,
      Optional<String> parent,
      Measured measured) {
    StoredModel stored = RunDirectory.readModel(training.bestCheckpoint(), hadoop);
    try {
      registry.register(
          new ModelVersion(
              ModelVersion.FORMAT_VERSION,
              attempt.version(),
              attempt.number(),
              registry.now(),
              parent.orElse(null),
              run.model().name(),
              dataset.task().key(),
              stored.manifest().parametersSha256(),
              stored.manifest().epoch(),
              run.retrain().metric(),
              measured.metrics(),
              VersionData.of(dataset),
              stored.manifest().configuration(),
              versions),
          stored);
    } finally {
      stored.parameters().close();
    }
  }

  private Decision decision(
      Attempt attempt,
      DatasetManifest dataset,
      String outcome,
      String reason,
      String challenger,
      Comparison comparison) {
    return new Decision(
        Decision.FORMAT_VERSION,
        attempt.number(),
        outcome,
        reason,
        attempt.champion(),
        challenger,
        comparison,
        VersionData.of(dataset),
        attempt.newSamples(),
        registry.now());
  }

  /** All that follows from a decision; each part is left out where it was done already. */
  private RetrainResult finish(Attempt attempt, Decision decision, FolderLease lease) {
    lease.requireHeld();
    boolean untouched = registry.champion().equals(Optional.ofNullable(decision.champion()));
    if (decision.isPromotion() && !files.hasPromoted(attempt.number())) {
      if (untouched) {
        registry.promote(decision.challenger(), Promotion.BY_RETRAINING, attempt.number());
      } else {
        steps.say("another champion was chosen meanwhile; it stays");
      }
    }
    List<String> pruned = registry.prune(run.retrain().keep(), Set.of());
    files.end();
    steps.say(decision.outcome() + ": " + decision.reason());
    return new RetrainResult(
        Optional.of(decision), decision.newSamples(), registry.champion(), pruned);
  }
}
