package dev.sinter.trainer.config;

/**
 * One thing that is wrong in a configuration.
 *
 * @param key full key, such as {@code train.epochs}
 * @param message the offending value and what is allowed
 */
record ConfigProblem(String key, String message) {
  @Override
  public String toString() {
    return key + ": " + message;
  }
}
