package dev.sinter.trainer.optimizer;

import java.util.HashMap;
import java.util.Map;

/** The updates of one step: one for each pace that tensors have. Used by several threads. */
public final class StepUpdates {
  private final Map<Pace, Optimizer.Update> updates = new HashMap<>();
  private final Optimizer.Update any;

  /**
   * Makes them.
   *
   * @param step counts from 1 over the whole run
   * @param learningRate the schedule's value at that step
   */
  public StepUpdates(Optimizer optimizer, UpdatePlan plan, long step, double learningRate) {
    for (Pace pace : plan.paces()) {
      updates.put(pace, optimizer.at(step - pace.stepsFrozen(), learningRate * pace.rateFactor()));
    }
    any = updates.isEmpty() ? optimizer.at(step, learningRate) : updates.values().iterator().next();
  }

  /** The update of a segment's parameters. */
  public Optimizer.Update of(UpdatePlan.Segment segment) {
    return updates.get(segment.pace());
  }

  /** One of them: all have the same rule. */
  public Optimizer.Update any() {
    return any;
  }
}
