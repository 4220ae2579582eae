package dev.sinter.trainer.sync;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The fixed binary tree over the lane index in which everything of the lanes is summed: siblings
 * first, then their parents. Whole subtrees may be summed elsewhere before; the bits of the result
 * are the same.
 *
 * @param additions pairs of positions in the list of nodes, in order: the second is added to the
 *     first
 */
record LaneTree(List<Addition> additions) {
  /** Adds one position to another. */
  record Addition(int to, int from) {}

  /**
   * The additions that sum some nodes.
   *
   * @param nodes subtrees in lane order, without gaps, whose sum is left at position 0; siblings
   *     are combined as far as the tree goes, and what is left (only where the nodes do not make
   *     one subtree) is added from left to right
   */
  static LaneTree over(List<LaneNode> nodes) {
    List<Addition> additions = new ArrayList<>();
    List<LaneNode> open = new ArrayList<>();
    Map<LaneNode, Integer> positions = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      LaneNode node = nodes.get(i);
      positions.put(node, i);
      while (!open.isEmpty()
          && node.lane() != node.parent().lane()
          && open.get(open.size() - 1).equals(node.sibling())) {
        LaneNode left = open.remove(open.size() - 1);
        additions.add(new Addition(positions.get(left), positions.get(node)));
        positions.put(node.parent(), positions.get(left));
        node = node.parent();
      }
      open.add(node);
    }
    for (LaneNode rest : open.subList(1, open.size())) {
      additions.add(new Addition(positions.get(open.get(0)), positions.get(rest)));
    }
    return new LaneTree(additions);
  }

  /** Sums the first {@code count} floats of the nodes into the array at position 0. */
  void sum(float[][] nodes, int count) {
    for (Addition addition : additions) {
      float[] to = nodes[addition.to()];
      float[] from = nodes[addition.from()];
      for (int i = 0; i < count; i++) {
        to[i] += from[i];
      }
    }
  }

  /** The sum of values per lane, of which there is a power of two. */
  static double sum(double[] lanes) {
    double[] values = lanes.clone();
    for (int span = 1; span < values.length; span *= 2) {
      for (int i = 0; i + span < values.length; i += 2 * span) {
        values[i] += values[i + span];
      }
    }
    return values.length == 0 ? 0 : values[0];
  }
}
