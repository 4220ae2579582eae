package dev.sinter.trainer.retrain;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.training.TrainingResult;

/** What a retraining has done for it, and whom it tells. */
public interface RetrainSteps {
  /** How the dataset comes to be. */
  enum Growth {
    /** By what is new in {@code data.input}; a first time as a whole. */
    NEW_DATA,

    /** As a whole, over what a preparation has left that was killed before its end. */
    ANEW
  }

  /**
   * Brings what is new in {@code data.input} into the dataset.
   *
   * @return the dataset as it is then
   */
  DatasetManifest grow(Growth growth);

  /** Trains to the end, from the newest checkpoint in the run's folder if there is one. */
  TrainingResult train(RunConfig challenger);

  /** Tells people. */
  void say(String line);
}
