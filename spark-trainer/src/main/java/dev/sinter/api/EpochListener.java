package dev.sinter.api;

import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.training.TrainingListener;
import java.util.function.Consumer;

/**
 * Hears epochs alone.
 *
 * @param heard takes them
 */
record EpochListener(Consumer<EpochRecord> heard) implements TrainingListener {
  @Override
  public void onStart(long step, long totalSteps) {}

  @Override
  public void onStep(long step, double meanLoss) {}

  @Override
  public void onEpoch(EpochRecord epoch, int epochs, boolean best) {
    heard.accept(epoch);
  }
}
