package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SplitAssignmentTest {

  private static Sha256 key(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static SplitAssignment.Member member(String name, String patient, String pixels, int l) {
    return new SplitAssignment.Member(name, key(patient), key(pixels), l, SplitAssignment.NONE);
  }

  private static SplitAssignment.Member at(SplitAssignment.Member member, int bin) {
    return new SplitAssignment.Member(
        member.name(), member.patient(), member.pixels(), member.label(), bin);
  }

  /** Patients with several images, and images that occur again under other patients. */
  private static List<SplitAssignment.Member> members(int count, int from, Random random) {
    List<SplitAssignment.Member> members = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      members.add(
          member(
              "file" + i,
              "patient" + random.nextInt(Math.max(1, (from + count) / 2)),
              random.nextInt(10) == 0 ? "twin" + random.nextInt(5) : "pixels" + i,
              random.nextInt(3)));
    }
    return members;
  }

  private static SplitBins ratios(long seed) {
    return new SplitBins(new SplitRatios(0.6, 0.2, 0.2, seed), Fold.NONE);
  }

  private static SplitBins folds(long seed, int number) {
    return new SplitBins(new SplitRatios(0.8, 0.0, 0.2, seed), new Fold(number, 5));
  }

  private static void assertNothingOnTwoSides(List<SplitAssignment.Member> members, int[] bins) {
    Map<Sha256, Integer> patients = new HashMap<>();
    Map<Sha256, Integer> pixels = new HashMap<>();
    for (int i = 0; i < bins.length; i++) {
      if (bins[i] != SplitAssignment.NONE) {
        assertThat(patients.putIfAbsent(members.get(i).patient(), bins[i])).isIn(null, bins[i]);
        assertThat(pixels.putIfAbsent(members.get(i).pixels(), bins[i])).isIn(null, bins[i]);
      }
    }
  }

  @Property(tries = 300)
  void noPatientAndNoTwinIsOnTwoSides(
      @ForAll @IntRange(min = 1, max = 200) int count, @ForAll long seed) {
    List<SplitAssignment.Member> members = members(count, 0, new Random(seed));
    for (SplitBins bins : List.of(ratios(seed), folds(seed, 1))) {
      int[] assigned = SplitAssignment.assign(members, bins);
      assertThat(assigned).hasSize(count).doesNotContain(SplitAssignment.NONE);
      assertNothingOnTwoSides(members, assigned);
    }
  }

  @Property(tries = 200)
  void theOrderOfFilesDoesNotMatter(
      @ForAll @IntRange(min = 1, max = 100) int count, @ForAll long seed) {
    List<SplitAssignment.Member> members = members(count, 0, new Random(seed));
    List<SplitAssignment.Member> shuffled = new ArrayList<>(members);
    Collections.shuffle(shuffled, new Random(seed));
    for (SplitBins bins : List.of(ratios(seed), folds(seed, 2))) {
      int[] one = SplitAssignment.assign(members, bins);
      int[] other = SplitAssignment.assign(shuffled, bins);
      for (int i = 0; i < count; i++) {
        assertThat(other[i]).isEqualTo(one[members.indexOf(shuffled.get(i))]);
      }
    }
  }

  @Property(tries = 300)
  void whoeverHasASideKeepsItWhenOthersCome(
      @ForAll @IntRange(min = 1, max = 100) int before,
      @ForAll @IntRange(min = 1, max = 100) int added,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<SplitAssignment.Member> old = members(before, 0, random);
    for (SplitBins bins : List.of(ratios(seed), folds(seed, 3))) {
      int[] first = SplitAssignment.assign(old, bins);
      List<SplitAssignment.Member> all = new ArrayList<>();
      for (int i = 0; i < before; i++) {
        all.add(at(old.get(i), first[i]));
      }
      all.addAll(members(added, before, random));
      int[] second = SplitAssignment.assign(all, bins);
      for (int i = 0; i < before; i++) {
        assertThat(second[i]).isEqualTo(first[i]);
      }
      assertNothingOnTwoSides(all, second);
    }
  }

  @Property(tries = 200)
  void sharesAreMetWithinOneGroupOfEachClass(
      @ForAll @IntRange(min = 3, max = 120) int patients,
      @ForAll @IntRange(min = 1, max = 4) int classes,
      @ForAll long seed) {
    List<SplitAssignment.Member> members = new ArrayList<>();
    int[] groups = new int[classes];
    for (int i = 0; i < patients; i++) {
      int label = i % classes;
      groups[label]++;
      for (int image = 0; image <= i % 3; image++) {
        members.add(member("f" + i + "-" + image, "p" + i, "x" + i + "-" + image, label));
      }
    }
    SplitRatios ratios = new SplitRatios(0.7, 0.1, 0.2, seed);
    int[][] counts = count(members, new SplitBins(ratios, Fold.NONE), classes);
    for (int label = 0; label < classes; label++) {
      if (groups[label] >= 3) {
        assertWithinOne(counts[label][SplitBins.VAL], groups[label] * 0.1);
        assertWithinOne(counts[label][SplitBins.TEST], groups[label] * 0.2);
      }
    }
    int[][] folds = count(members, folds(seed, 1), classes);
    for (int label = 0; label < classes; label++) {
      int rest = groups[label] - folds[label][SplitBins.TEST];
      for (int fold = 3; fold < 8; fold++) {
        assertWithinOne(folds[label][fold], rest / 5.0);
      }
    }
  }

  private static void assertWithinOne(int count, double share) {
    assertThat((double) count).isBetween(share - 1, share + 1);
  }

  /** Patients per class and bin. */
  private static int[][] count(List<SplitAssignment.Member> members, SplitBins bins, int classes) {
    int[] assigned = SplitAssignment.assign(members, bins);
    int[][] counts = new int[classes][bins.count()];
    Map<Sha256, Integer> seen = new HashMap<>();
    for (int i = 0; i < assigned.length; i++) {
      if (seen.putIfAbsent(members.get(i).patient(), assigned[i]) == null) {
        counts[members.get(i).label()][assigned[i]]++;
      }
    }
    return counts;
  }

  @Property(tries = 100)
  void everyFoldDealsAlikeAndValidatesOnAnotherPart(
      @ForAll @IntRange(min = 10, max = 100) int count, @ForAll long seed) {
    List<SplitAssignment.Member> members = members(count, 0, new Random(seed));
    int[] validated = new int[count];
    int[] tested = new int[count];
    for (int number = 1; number <= 5; number++) {
      SplitBins bins = folds(seed, number);
      int[] assigned = SplitAssignment.assign(members, bins);
      for (int i = 0; i < count; i++) {
        validated[i] += bins.split(assigned[i]).equals("val") ? 1 : 0;
        tested[i] += bins.split(assigned[i]).equals("test") ? 1 : 0;
      }
    }
    for (int i = 0; i < count; i++) {
      assertThat(validated[i] + tested[i] / 5).as("member %d", i).isEqualTo(1);
      assertThat(tested[i]).isIn(0, 5);
    }
  }

  @Property(tries = 100)
  void threePatientsReachEverySplit(
      @ForAll @IntRange(min = 3, max = 60) int count, @ForAll long seed) {
    List<SplitAssignment.Member> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(member("f" + i, "p" + i, "x" + i, 0));
    }
    SplitBins bins = new SplitBins(new SplitRatios(0.8, 0.1, 0.1, seed), Fold.NONE);
    assertThat(SplitAssignment.assign(members, bins))
        .contains(SplitBins.TRAIN, SplitBins.VAL, SplitBins.TEST);
  }

  @Property(tries = 50)
  void aTwinOfTwoSidesIsLeftOut(@ForAll long seed) {
    List<SplitAssignment.Member> members =
        List.of(
            at(member("a", "ann", "x", 0), SplitBins.TRAIN),
            at(member("b", "bob", "y", 0), SplitBins.TEST),
            member("c", "ann", "y", 0),
            member("d", "cid", "z", 0),
            member("e", "bob", "z", 0));
    assertThat(SplitAssignment.assign(members, ratios(seed)))
        .containsExactly(
            SplitBins.TRAIN, SplitBins.TEST, SplitAssignment.NONE, SplitBins.TEST, SplitBins.TEST);
  }
}
