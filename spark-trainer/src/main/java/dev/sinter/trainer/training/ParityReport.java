package dev.sinter.trainer.training;

import java.util.List;
import java.util.Optional;

/**
 * The first steps of a run on its workers, beside the same steps on one.
 *
 * @param workers of the run
 * @param strategy of the run
 * @param promised whether both must have the same bits
 * @param steps one entry per step
 * @param difference the largest one after the last step; nothing when all bits are the same
 */
public record ParityReport(
    int workers,
    String strategy,
    boolean promised,
    List<Step> steps,
    Optional<Difference> difference) {

  /**
   * One step.
   *
   * @param step counted from 1
   * @param loss on all workers
   * @param loneLoss on one
   * @param sha256 of the first worker's parameters
   * @param loneSha256 of the lone worker's
   */
  public record Step(long step, double loss, double loneLoss, String sha256, String loneSha256) {
    /** Whether parameters and loss have the same bits. */
    public boolean identical() {
      return sha256.equals(loneSha256) && Double.compare(loss, loneLoss) == 0;
    }
  }

  /**
   * Where both are furthest apart.
   *
   * @param tensor vertex and key, such as {@code stem-conv.W}
   * @param largest absolute difference in it
   * @param parameters how many of all differ
   */
  public record Difference(String tensor, double largest, long parameters) {}

  /** Whether every step had the same bits on both. */
  public boolean identical() {
    return difference.isEmpty() && steps.stream().allMatch(Step::identical);
  }

  /** The first step with other bits; nothing when there is none. */
  public Optional<Step> firstDifferentStep() {
    return steps.stream().filter(step -> !step.identical()).findFirst();
  }
}
