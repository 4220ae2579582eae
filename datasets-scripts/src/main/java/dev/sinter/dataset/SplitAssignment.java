package dev.sinter.dataset;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Deals groups of sources to splits: patients, and pixel-identical images, stay on one side, and
 * whoever has a side already keeps it.
 *
 * <p>The result depends on the members and the seed alone, not on their order.
 */
final class SplitAssignment {
  static final List<String> SPLITS = List.of("train", "val", "test");

  /** Bin of a member that no side can take: it would join two that have different ones. */
  static final int NONE = -1;

  private final List<Member> members;
  private final SplitBins bins;
  private final int[] assigned;
  private int dealt;

  private SplitAssignment(List<Member> members, SplitBins bins) {
    this.members = members;
    this.bins = bins;
    this.assigned = new int[members.size()];
  }

  /**
   * A source to deal.
   *
   * @param name unique; decides with the seed where its group lands
   * @param patient sources with the same patient stay together
   * @param pixels sources with the same pixels stay together
   * @param label stratum; the same for all without classes
   * @param bin where it lies already; {@link #NONE} for a new one
   */
  record Member(String name, Sha256 patient, Sha256 pixels, int label, int bin) {}

  /** A group in its stratum: first place, order under the seed, the bin that it has already. */
  private record Group(int root, long key, int bin) {}

  /** The bin of each member, in the order of the list. */
  static int[] assign(List<Member> members, SplitBins bins) {
    return new SplitAssignment(members, bins).assign();
  }

  private int[] assign() {
    boolean[] excluded = bridges();
    SplitGroups groups = new SplitGroups(members, excluded);
    int[] fixed = fixed(groups, excluded);
    // What joins sides only through other new sources is found in the groups.
    boolean again = false;
    for (int i = 0; i < groups.size(); i++) {
      if (fixed[groups.root(i)] == bins.count() && groups.member(i).bin() == NONE) {
        excluded[groups.position(i)] = true;
        again = true;
      }
    }
    if (again) {
      groups = new SplitGroups(members, excluded);
      fixed = fixed(groups, excluded);
    }
    deal(groups, fixed, excluded);
    return assigned;
  }

  /** New members whose patient has one side and whose pixels another. */
  private boolean[] bridges() {
    KeyIndex patients = new KeyIndex(members.size());
    KeyIndex pixels = new KeyIndex(members.size());
    for (Member member : members) {
      if (member.bin() != NONE) {
        patients.putIfAbsent(member.patient(), member.bin());
        pixels.putIfAbsent(member.pixels(), member.bin());
      }
    }
    boolean[] bridges = new boolean[members.size()];
    for (int i = 0; i < bridges.length; i++) {
      int patient = patients.find(members.get(i).patient());
      int image = pixels.find(members.get(i).pixels());
      bridges[i] =
          members.get(i).bin() == NONE
              && patient != KeyIndex.ABSENT
              && image != KeyIndex.ABSENT
              && patient != image;
    }
    return bridges;
  }

  /** Per root: the bin that its group has, {@link #NONE}, or the number of bins for several. */
  private int[] fixed(SplitGroups groups, boolean[] excluded) {
    int[] fixed = new int[groups.size()];
    Arrays.fill(fixed, NONE);
    for (int i = 0; i < fixed.length; i++) {
      int bin = groups.member(i).bin();
      int root = groups.root(i);
      if (bin != NONE && !excluded[groups.position(i)]) {
        fixed[root] = fixed[root] == NONE || fixed[root] == bin ? bin : bins.count();
      }
    }
    return fixed;
  }

  private void deal(SplitGroups groups, int[] fixed, boolean[] excluded) {
    int[] binOfRoot = new int[groups.size()];
    for (List<Group> stratum : strata(groups, fixed, excluded).values()) {
      stratum.sort(
          (a, b) -> {
            int order = Long.compareUnsigned(a.key(), b.key());
            return order != 0 ? order : Integer.compare(a.root(), b.root());
          });
      deal(stratum, binOfRoot);
    }
    for (int i = 0; i < groups.size(); i++) {
      int position = groups.position(i);
      int own = members.get(position).bin();
      assigned[position] =
          own != NONE ? own : excluded[position] ? NONE : binOfRoot[groups.root(i)];
    }
  }

  private void deal(List<Group> stratum, int[] binOfRoot) {
    int[] counts = new int[bins.count()];
    stratum.stream()
        .filter(g -> g.bin() != NONE && g.bin() < counts.length)
        .forEach(g -> counts[g.bin()]++);
    int[] shares = bins.shares(stratum.size());
    for (Group group : stratum) {
      int bin = group.bin();
      if (bin == NONE) {
        bin =
            counts[SplitBins.VAL] < shares[SplitBins.VAL]
                ? SplitBins.VAL
                : counts[SplitBins.TEST] < shares[SplitBins.TEST]
                    ? SplitBins.TEST
                    : emptiest(counts);
        counts[bin]++;
      }
      binOfRoot[group.root()] = bin;
    }
  }

  /** The bin of the rest that has fewest groups of this stratum; strata begin at another one. */
  private int emptiest(int[] counts) {
    List<Integer> rest = bins.rest();
    int best = rest.get(dealt % rest.size());
    for (int i = 1; i < rest.size(); i++) {
      int bin = rest.get((dealt + i) % rest.size());
      best = counts[bin] < counts[best] ? bin : best;
    }
    dealt++;
    return best;
  }

  private Map<Integer, List<Group>> strata(SplitGroups groups, int[] fixed, boolean[] excluded) {
    Map<Integer, Map<Integer, Integer>> mixed = new HashMap<>();
    boolean[] isMixed = new boolean[groups.size()];
    for (int i = 0; i < groups.size(); i++) {
      int root = groups.root(i);
      isMixed[root] |= groups.member(i).label() != groups.member(root).label();
    }
    for (int i = 0; i < groups.size(); i++) {
      if (isMixed[groups.root(i)]) {
        mixed
            .computeIfAbsent(groups.root(i), r -> new TreeMap<>())
            .merge(groups.member(i).label(), 1, Integer::sum);
      }
    }
    Map<Integer, List<Group>> strata = new TreeMap<>();
    for (int i = 0; i < groups.size(); i++) {
      if (groups.root(i) == i && !excluded[groups.position(i)]) {
        int label = isMixed[i] ? mostFrequent(mixed.get(i)) : groups.member(i).label();
        String text = bins.seed() + "\0" + groups.member(i).name();
        long key = Sha256.of(text.getBytes(StandardCharsets.UTF_8)).first();
        strata.computeIfAbsent(label, l -> new ArrayList<>()).add(new Group(i, key, fixed[i]));
      }
    }
    return strata;
  }

  /** The lowest of several. */
  private static int mostFrequent(Map<Integer, Integer> counts) {
    int best = counts.keySet().iterator().next();
    for (Map.Entry<Integer, Integer> count : counts.entrySet()) {
      best = count.getValue() > counts.get(best) ? count.getKey() : best;
    }
    return best;
  }
}
