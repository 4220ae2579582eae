package dev.sinter.trainer.optimizer;

import java.io.Serializable;

/**
 * The learning rate as a pure function of the step: a linear warm-up, then a course that the last
 * step of the run ends.
 *
 * @param peak the highest rate
 * @param warmupSteps steps of linear warm-up; the last of them is at the peak
 * @param course what follows warm-up
 */
public record LearningRateSchedule(double peak, long warmupSteps, Course course)
    implements Serializable {

  /** Stays at one rate from the first step on. */
  public static LearningRateSchedule constant(double rate) {
    return new LearningRateSchedule(rate, 0, new Course.Constant());
  }

  /**
   * The rate of a step.
   *
   * @param step counts from 1
   * @param totalSteps steps of the whole run
   */
  public double at(long step, long totalSteps) {
    if (step < warmupSteps) {
      return peak * step / warmupSteps;
    }
    long start = Math.max(1, warmupSteps);
    double progress =
        totalSteps <= start ? 0 : Math.min(1.0, (double) (step - start) / (totalSteps - start));
    return peak * course.share(step, progress);
  }
}
