package dev.sinter.dataset;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Deals groups of sources to splits: patients, and pixel-identical images, stay on one side.
 *
 * <p>The result depends on the members and the seed alone, not on their order.
 */
final class SplitAssignment {
  static final List<String> SPLITS = List.of("train", "val", "test");

  private SplitAssignment() {}

  /**
   * A source to deal.
   *
   * @param name unique; decides with the seed where its group lands
   * @param patient sources with the same patient stay together
   * @param pixelHash sources with the same hash stay together
   * @param label stratum; the same for all without classes
   */
  record Member(String name, String patient, String pixelHash, int label) {}

  /** The split of each member. */
  static Map<String, String> assign(List<Member> members, SplitRatios ratios) {
    Map<Integer, List<List<Member>>> strata = new TreeMap<>();
    for (List<Member> group : groups(members)) {
      strata.computeIfAbsent(stratum(group), label -> new ArrayList<>()).add(group);
    }
    Map<String, String> splits = new HashMap<>();
    for (List<List<Member>> groups : strata.values()) {
      groups.sort(
          Comparator.comparing(
              group -> SourceNames.hex(ratios.seed() + "\0" + group.get(0).name())));
      int val = share(groups.size(), ratios.val());
      int kept = ratios.train() > 0 ? 1 : 0;
      int test = Math.min(share(groups.size(), ratios.test()), groups.size() - val - kept);
      for (int i = 0; i < groups.size(); i++) {
        String split = i < val ? "val" : i < val + test ? "test" : "train";
        groups.get(i).forEach(member -> splits.put(member.name(), split));
      }
    }
    return splits;
  }

  /** At least one of three or more; never so many that nothing is left to train on. */
  private static int share(int groups, double ratio) {
    if (ratio == 0 || ratio >= 1) {
      return ratio == 0 ? 0 : groups;
    }
    return groups < 3 ? 0 : Math.max(1, Math.min(groups - 2, (int) Math.round(groups * ratio)));
  }

  /** The most frequent label of a group, the lowest of several. */
  private static int stratum(List<Member> group) {
    Map<Integer, Integer> counts = new TreeMap<>();
    group.forEach(member -> counts.merge(member.label(), 1, Integer::sum));
    int best = group.get(0).label();
    for (Map.Entry<Integer, Integer> count : counts.entrySet()) {
      int most = counts.get(best);
      if (count.getValue() > most || (count.getValue() == most && count.getKey() < best)) {
        best = count.getKey();
      }
    }
    return best;
  }

  /** Groups with their members sorted by name, found by joining patients and equal pixels. */
  private static List<List<Member>> groups(List<Member> members) {
    List<Member> sorted = new ArrayList<>(members);
    sorted.sort(Comparator.comparing(Member::name));
    int[] parent = new int[sorted.size()];
    Map<String, Integer> first = new HashMap<>();
    for (int i = 0; i < parent.length; i++) {
      parent[i] = i;
      for (String key :
          List.of("patient " + sorted.get(i).patient(), "pixels " + sorted.get(i).pixelHash())) {
        Integer other = first.putIfAbsent(key, i);
        if (other != null) {
          int a = root(parent, i);
          int b = root(parent, other);
          parent[Math.max(a, b)] = Math.min(a, b);
        }
      }
    }
    Map<Integer, List<Member>> groups = new TreeMap<>();
    for (int i = 0; i < parent.length; i++) {
      groups.computeIfAbsent(root(parent, i), r -> new ArrayList<>()).add(sorted.get(i));
    }
    return new ArrayList<>(groups.values());
  }

  private static int root(int[] parent, int index) {
    int root = index;
    while (parent[root] != root) {
      parent[root] = parent[parent[root]];
      root = parent[root];
    }
    return root;
  }
}
