package dev.sinter.trainer.sync;

/**
 * A node of the binary tree over the lanes.
 *
 * @param lane first lane under it, a multiple of the span
 * @param span number of lanes under it, a power of two
 */
record LaneNode(int lane, int span) {
  /** The other child of the same parent. */
  LaneNode sibling() {
    return new LaneNode(lane ^ span, span);
  }

  LaneNode parent() {
    return new LaneNode(lane & ~span, span * 2);
  }

  boolean within(int from, int to) {
    return lane >= from && lane + span <= to;
  }

  @Override
  public String toString() {
    return "lanes " + lane + " to " + (lane + span - 1);
  }
}
