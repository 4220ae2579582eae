package dev.sinter.trainer.cli;

import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.training.TrainingListener;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows a run: a progress bar with rate and time left on a terminal, and a line per epoch anywhere.
 */
final class TrainingProgress implements TrainingListener, AutoCloseable {
  private final Console console;
  private final String metric;
  private ProgressBar bar;

  TrainingProgress(Console console, String metric) {
    this.console = console;
    this.metric = metric;
  }

  @Override
  public void onStart(long step, long totalSteps) {
    close();
    if (step == totalSteps) {
      console.line("  already trained to step %d of %d; nothing to do", step, totalSteps);
      return;
    }
    if (step > 0) {
      console.line("  goes on from the checkpoint at step %d of %d", step, totalSteps);
    }
    if (Boolean.getBoolean("sinter.terminal")) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("  training")
              .setInitialMax(totalSteps)
              .startsFrom(step, java.time.Duration.ZERO)
              .setUnit(" steps", 1)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(250)
              .showSpeed()
              .clearDisplayOnFinish()
              .build();
    }
  }

  @Override
  public void onStep(long step, double meanLoss) {
    if (bar != null) {
      bar.stepTo(step);
      bar.setExtraMessage(String.format(Locale.ROOT, " loss %.4f", meanLoss));
    }
  }

  @Override
  public void onEpoch(EpochRecord epoch, int epochs, boolean best) {
    String line =
        String.format(
            Locale.ROOT,
            "  epoch %d/%d  loss %.4f  validation loss %s  %s %s  %.0f images/s%s",
            epoch.epoch(),
            epochs,
            epoch.trainLoss(),
            number(epoch.validationLoss()),
            metric,
            number(epoch.validationMetric()),
            epoch.imagesPerSecond(),
            best ? "  (best)" : "");
    if (bar != null) {
      bar.pause();
      System.err.print("\r\u001b[K");
      console.line("%s", line);
      bar.resume();
    } else {
      console.line("%s", line);
    }
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
