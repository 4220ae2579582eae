package dev.sinter.trainer.optimizer;

/**
 * An update rule: element-wise, or with a factor per tensor ({@link TensorwiseUpdate}).
 *
 * <p>Works on blocks of plain arrays, because C2 vectorises those loops: for 11.7 million
 * parameters on one core, Nesterov's momentum took 15 ms with blocks of 4096 floats copied between
 * off-heap memory and arrays, and 22 ms with an indexed {@code FloatBuffer}. Nothing here depends
 * on the position of a block, so the result is the same for any slicing.
 */
public interface Optimizer {
  /** How many floats of state it keeps per parameter; all start at zero. */
  int stateVectors();

  /**
   * The update of one step.
   *
   * @param step counts from 1 over the whole run
   * @param learningRate the schedule's value at that step
   */
  Update at(long step, double learningRate);

  /** One step's update, applied block by block. */
  interface Update {
    /**
     * Updates the first {@code count} elements in place.
     *
     * @param parameters old values in, new values out
     * @param gradients clipped mean gradient; may be overwritten
     * @param state one array per state vector
     * @param count number of elements
     * @param treatment {@link Treatment#DECAYED} or {@link Treatment#UNDECAYED}
     */
    void apply(
        float[] parameters, float[] gradients, float[][] state, int count, Treatment treatment);
  }
}
