package dev.sinter.trainer.optimizer;

import java.io.Serializable;

/** How the learning rate goes on after warm-up, as a share of its peak. */
public sealed interface Course extends Serializable {
  /**
   * The share of the peak at a step after warm-up.
   *
   * @param step counts from 1 over the whole run
   * @param progress 0 at the end of warm-up, 1 at the last step of the run
   */
  double share(long step, double progress);

  /** Stays at the peak. */
  record Constant() implements Course {
    @Override
    public double share(long step, double progress) {
      return 1;
    }
  }

  /**
   * Falls by a factor every so many steps, counted from the first step of the run.
   *
   * @param everySteps steps at each rate
   * @param factor of each fall
   * @param floor the lowest share
   */
  record Step(long everySteps, double factor, double floor) implements Course {
    @Override
    public double share(long step, double progress) {
      long falls = (step - 1) / everySteps;
      return Math.max(floor, StrictMath.pow(factor, (double) falls));
    }
  }

  /**
   * Falls along half a cosine (Loshchilov and Hutter, 2017, without restarts).
   *
   * @param floor share of the last step
   */
  record Cosine(double floor) implements Course {
    @Override
    public double share(long step, double progress) {
      return floor + (1 - floor) * 0.5 * (1 + StrictMath.cos(Math.PI * progress));
    }
  }

  /**
   * Falls as a power of what is left of the run.
   *
   * @param power 1 for a line
   * @param floor share of the last step
   */
  record Polynomial(double power, double floor) implements Course {
    @Override
    public double share(long step, double progress) {
      return floor + (1 - floor) * StrictMath.pow(1 - progress, power);
    }
  }

  /**
   * One cycle (Smith, 2018, arXiv:1803.09820): up along a line, down along one as long, and for the
   * rest of the run down to the floor.
   *
   * @param start share of the first step, and of the end of the cycle
   * @param rise share of the run in which the rate rises, at most one half
   * @param floor share of the last step
   */
  record OneCycle(double start, double rise, double floor) implements Course {
    @Override
    public double share(long step, double progress) {
      if (progress < rise) {
        return between(start, 1, progress / rise);
      }
      if (progress < 2 * rise) {
        return between(1, start, (progress - rise) / rise);
      }
      return rise == 0.5 ? start : between(start, floor, (progress - 2 * rise) / (1 - 2 * rise));
    }

    private static double between(double from, double to, double progress) {
      return from + (to - from) * progress;
    }
  }
}
