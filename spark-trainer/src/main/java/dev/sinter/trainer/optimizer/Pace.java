package dev.sinter.trainer.optimizer;

import java.io.Serializable;

/**
 * How a tensor follows the schedule.
 *
 * @param rateFactor multiplied into the learning rate
 * @param stepsFrozen steps before the first one that moves it: it counts its own from there, so
 *     that moments which begin at zero are corrected for that
 */
public record Pace(double rateFactor, long stepsFrozen) implements Serializable {
  /** That of the schedule, from the first step on. */
  public static final Pace OF_SCHEDULE = new Pace(1, 0);
}
