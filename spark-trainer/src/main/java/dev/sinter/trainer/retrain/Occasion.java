package dev.sinter.trainer.retrain;

/** When a retraining trains. */
public enum Occasion {
  /** When there are as many new samples as {@code retrain.min-new-samples} asks for. */
  NEW_DATA,

  /** In any case, such as after a change of the configuration. */
  ANY
}
