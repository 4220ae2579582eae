package dev.sinter.trainer.run;

import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.ImportReport;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ChangedSetting;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RollBack;
import dev.sinter.trainer.checkpoint.CheckpointManifest.WorkerRecord;
import dev.sinter.trainer.training.TrainingListener;
import dev.sinter.trainer.training.WorkerProgress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows a run: on a terminal a progress bar with rate and time left and a line for each worker, and
 * a line per epoch anywhere.
 */
public final class TrainingProgress implements TrainingListener, AutoCloseable {
  /** Columns of the terminal; the launcher sets it when there is one. */
  private static final String COLUMNS = "sinter.terminal.columns";

  private final Console console;
  private final String metric;
  private final WorkerPanel workers = new WorkerPanel(Integer.getInteger(COLUMNS, 0));
  private ProgressBar bar;
  private long firstStep;
  private long totalSteps;

  /**
   * Shows it from its beginning.
   *
   * @param console where to
   * @param metric what the validation measures
   */
  public TrainingProgress(Console console, String metric) {
    this.console = console;
    this.metric = metric;
  }

  @Override
  public synchronized void onWaitForFolder(String holder) {
    console.line("  train.output is held by %s; waiting to see whether it still runs", holder);
  }

  @Override
  public synchronized void onApproximation(List<ChangedSetting> changed) {
    console.line(
        "  continuing with %s: results will not be the bits of an undisturbed run",
        changed.stream()
            .map(change -> change.key() + " " + change.to() + " instead of " + change.from())
            .collect(Collectors.joining(", ")));
  }

  @Override
  public synchronized void onPretrained(ImportReport report) {
    console.line(
        "  starts from %s: %d tensors loaded, %d adapted, %d left random, %d of the file unused",
        report.source(),
        report.loaded().size(),
        report.adapted().size(),
        report.random().size(),
        report.unused().size());
    report.adapted().forEach(adapted -> console.line("    adapted  %s", adapted));
    report.random().forEach(random -> console.line("    random   %s", random));
  }

  @Override
  public synchronized void onStart(long step, long totalSteps) {
    close();
    this.firstStep = step;
    this.totalSteps = totalSteps;
    if (step == totalSteps) {
      console.line("  already trained to step %d of %d; nothing to do", step, totalSteps);
      return;
    }
    if (step > 0) {
      console.line("  goes on from the checkpoint at step %d of %d", step, totalSteps);
    }
    workers.forget();
    int columns = Integer.getInteger(COLUMNS, 0);
    if (columns > 0) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("  training")
              .setInitialMax(totalSteps)
              .startsFrom(step, Duration.ZERO)
              .setUnit(" steps", 1)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(250)
              .showSpeed()
              .setConsumer(new DelegatingProgressBarConsumer(this::draw, columns - 1))
              .build();
    }
  }

  @Override
  public synchronized void onRestart(int attempt, SinterException failure) {
    clearLine();
    console.line("  restart %d after %s: %s", attempt, failure.code(), failure.getMessage());
  }

  @Override
  public synchronized void onRollBack(RollBack rollBack, int number) {
    clearLine();
    console.line(
        "  roll-back %d to step %d, learning rate times %s: %s",
        number, rollBack.step(), rollBack.learningRateFactor(), rollBack.reason());
  }

  @Override
  public synchronized void onStep(long step, double meanLoss) {
    if (bar != null) {
      bar.stepTo(step);
      bar.setExtraMessage(String.format(Locale.ROOT, " loss %.4f", meanLoss));
    }
  }

  @Override
  public synchronized void onEpoch(EpochRecord epoch, int epochs, boolean best) {
    clearLine();
    console.line(
        "  epoch %d/%d  loss %s  validation loss %s  %s %s  %.0f images/s%s%s",
        epoch.epoch(),
        epochs,
        number(epoch.trainLoss()),
        number(epoch.validationLoss()),
        metric,
        number(epoch.validationMetric()),
        epoch.imagesPerSecond(),
        epoch.skippedSteps() > 0 ? "  " + epoch.skippedSteps() + " steps skipped" : "",
        best ? "  (best)" : "");
    for (WorkerRecord worker : epoch.workers()) {
      if (worker.straggler()) {
        console.line(
            "  straggler: worker %d on %s computed %.1f s of this epoch, much longer than the others",
            worker.worker(), worker.host(), worker.computeSeconds());
      }
    }
  }

  @Override
  public synchronized void onWorker(WorkerProgress progress) {
    workers.update(progress);
  }

  /** How many of a run's epochs were done before this job. */
  synchronized int epochsBefore(int epochs) {
    return totalSteps == 0 ? 0 : (int) (firstStep * epochs / totalSteps);
  }

  private synchronized void draw(String line) {
    if (bar != null) {
      System.err.print(workers.under(line));
      System.err.flush();
    }
  }

  private void clearLine() {
    if (bar != null) {
      System.err.print(WorkerPanel.clear());
      System.err.flush();
    }
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }

  @Override
  public void close() {
    ProgressBar finished;
    synchronized (this) {
      clearLine();
      finished = bar;
      bar = null;
    }
    if (finished != null) {
      finished.close(); // waits for its drawing thread, so not under the lock
    }
  }
}
