package dev.sinter.trainer.optimizer;

import java.io.Serializable;

/**
 * The learning rate as a pure function of the step: a linear warm-up, then constant or a half
 * cosine down to a floor that the last step reaches.
 *
 * @param peak the rate after warm-up
 * @param warmupSteps steps of linear warm-up; the last of them is at the peak
 * @param shape what follows warm-up
 * @param floor the rate of the last step of {@link Shape#COSINE}
 */
public record LearningRateSchedule(double peak, long warmupSteps, Shape shape, double floor)
    implements Serializable {

  /** The course after warm-up. */
  public enum Shape {
    /** Stays at the peak. */
    CONSTANT,
    /** Falls along half a cosine. */
    COSINE
  }

  /** Stays at one rate from the first step on. */
  public static LearningRateSchedule constant(double rate) {
    return new LearningRateSchedule(rate, 0, Shape.CONSTANT, rate);
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
    if (shape == Shape.CONSTANT || totalSteps <= start) {
      return peak;
    }
    double progress = Math.min(1.0, (double) (step - start) / (totalSteps - start));
    return floor + (peak - floor) * 0.5 * (1 + StrictMath.cos(Math.PI * progress));
  }
}
