package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;

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

  private static List<SplitAssignment.Member> members(int count, long seed) {
    Random random = new Random(seed);
    List<SplitAssignment.Member> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(
          new SplitAssignment.Member(
              "file" + i,
              "patient" + random.nextInt(Math.max(1, count / 2)),
              random.nextInt(10) == 0 ? "twin" + random.nextInt(3) : "pixels" + i,
              random.nextInt(3)));
    }
    return members;
  }

  @Property(tries = 200)
  void noPatientAndNoTwinIsOnTwoSides(@ForAll @IntRange(min = 1, max = 200) int n, @ForAll long s) {
    List<SplitAssignment.Member> members = members(n, s);
    Map<String, String> splits = SplitAssignment.assign(members, new SplitRatios(0.6, 0.2, 0.2, s));
    assertThat(splits).hasSize(n);
    Map<String, String> sides = new HashMap<>();
    for (SplitAssignment.Member member : members) {
      String split = splits.get(member.name());
      assertThat(sides.putIfAbsent(member.patient(), split)).isIn(null, split);
      assertThat(sides.putIfAbsent(member.pixelHash(), split)).isIn(null, split);
    }
  }

  @Property(tries = 100)
  void theOrderOfFilesDoesNotMatter(@ForAll @IntRange(min = 1, max = 100) int n, @ForAll long s) {
    List<SplitAssignment.Member> members = members(n, s);
    List<SplitAssignment.Member> shuffled = new ArrayList<>(members);
    Collections.shuffle(shuffled, new Random(s));
    SplitRatios ratios = new SplitRatios(0.7, 0.15, 0.15, s);
    assertThat(SplitAssignment.assign(shuffled, ratios))
        .isEqualTo(SplitAssignment.assign(members, ratios));
  }

  @Property(tries = 100)
  void threePatientsReachEverySplit(@ForAll @IntRange(min = 3, max = 60) int n, @ForAll long s) {
    List<SplitAssignment.Member> members = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      members.add(new SplitAssignment.Member("f" + i, "p" + i, "x" + i, 0));
    }
    assertThat(SplitAssignment.assign(members, new SplitRatios(0.8, 0.1, 0.1, s)).values())
        .contains("train", "val", "test");
  }
}
