package dev.sinter.trainer.run;

import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.training.TrainingListener;

/** Nobody. */
enum SilentListener implements TrainingListener {
  INSTANCE;

  @Override
  public void onStart(long step, long totalSteps) {}

  @Override
  public void onStep(long step, double meanLoss) {}

  @Override
  public void onEpoch(EpochRecord epoch, int epochs, boolean best) {}
}
