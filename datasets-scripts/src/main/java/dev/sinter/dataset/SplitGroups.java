package dev.sinter.dataset;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Sources that must stay together: joined by patients and by equal pixels. Driver only. */
final class SplitGroups {
  private final List<SplitAssignment.Member> members;

  /** Positions in the list, by name: whatever order files come in, groups are the same. */
  private final Integer[] order;

  private final int[] parent;

  SplitGroups(List<SplitAssignment.Member> members, boolean[] excluded) {
    this.members = members;
    this.order = new Integer[members.size()];
    this.parent = new int[members.size()];
    Arrays.setAll(order, i -> i);
    Arrays.setAll(parent, i -> i);
    Arrays.sort(order, Comparator.comparing(i -> members.get(i).name()));
    join(excluded, new KeyIndex(parent.length), true);
    join(excluded, new KeyIndex(parent.length), false);
  }

  private void join(boolean[] excluded, KeyIndex first, boolean byPatient) {
    for (int i = 0; i < parent.length; i++) {
      if (!excluded[order[i]]) {
        SplitAssignment.Member member = member(i);
        int other = first.putIfAbsent(byPatient ? member.patient() : member.pixels(), i);
        if (other != KeyIndex.ABSENT) {
          int a = root(i);
          int b = root(other);
          parent[Math.max(a, b)] = Math.min(a, b);
        }
      }
    }
  }

  /** The member at a place in the order of names. */
  SplitAssignment.Member member(int place) {
    return members.get(order[place]);
  }

  /** Its position in the list of members. */
  int position(int place) {
    return order[place];
  }

  /** First place of its group, which stands for the group. */
  int root(int place) {
    int root = place;
    while (parent[root] != root) {
      parent[root] = parent[parent[root]];
      root = parent[root];
    }
    return root;
  }

  int size() {
    return parent.length;
  }
}
