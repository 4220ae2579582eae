package dev.sinter.trainer.sync;

/**
 * The name of a message within a session.
 *
 * @param from sending worker
 * @param step training step
 * @param tag what it holds
 */
record MessageKey(int from, long step, String tag) {
  @Override
  public String toString() {
    return "'" + tag + "' of step " + step;
  }
}
