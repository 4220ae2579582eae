package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DatasetPlanTest {
  private final List<SourceEntry> entries = new ArrayList<>();
  private final List<SourceFacts> facts = new ArrayList<>();

  private void source(String split, String patient, boolean volume, List<Integer> maskValues) {
    int index = entries.size();
    String name = index + ".png";
    entries.add(new SourceEntry("file:/in/" + name, name, "", index % 2, split, patient, 10));
    facts.add(
        new SourceFacts(
            index,
            null,
            volume,
            8,
            8,
            1,
            1,
            PixelType.UINT8,
            false,
            "sha" + index,
            "",
            0,
            "pixels" + index,
            new TreeSet<>(maskValues)));
  }

  private DatasetPlan plan(Task task) {
    return new DatasetPlan(
        PrepareRequest.of("in", "out", task), new SourceNames("salt"), entries, facts);
  }

  private void assertFails(Task task, String code) {
    assertThatThrownBy(() -> plan(task))
        .isInstanceOfSatisfying(SinterException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void dropsAPatientFromTrainWhoIsTestedOn() {
    source("train", "a", false, List.of());
    source("train", "b", false, List.of());
    source("val", "c", false, List.of());
    source("test", "a", false, List.of());
    DatasetPlan plan = plan(Task.CLASSIFICATION);
    assertThat(plan.dropped)
        .singleElement()
        .satisfies(
            dropped -> {
              assertThat(dropped.code()).isEqualTo("PATIENT_ACROSS_SPLITS");
              assertThat(dropped.path()).isEqualTo("0.png");
            });
    assertThat(plan.splits).containsEntry(1, "train").containsEntry(3, "test").hasSize(3);
  }

  @Test
  void refusesVolumesAmongImages() {
    source("", "a", false, List.of());
    source("", "b", true, List.of());
    assertFails(Task.CLASSIFICATION, "SOURCES_MIXED");
  }

  @Test
  void refusesMoreMaskValuesThanAByteHolds() {
    for (int i = 0; i < 5; i++) {
      source("", "p" + i, false, IntStream.range(60 * i, 60 * i + 60).boxed().toList());
    }
    assertFails(Task.SEGMENTATION, "TOO_MANY_MASK_VALUES");
  }
}
