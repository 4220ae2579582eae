package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DatasetPlanTest {
  private final List<SourceEntry> entries = new ArrayList<>();
  private final List<SourceFacts> facts = new ArrayList<>();

  private void source(String split, String patient, boolean volume, List<Integer> maskValues) {
    int index = entries.size();
    String name = index + ".png";
    entries.add(
        SourceEntries.ofFile(
                new SourceEntry.Place("file:/in", "file:/in"), name, "", index % 2, split)
            .withPatient(patient));
    facts.add(
        new SourceFacts(
            index,
            null,
            new SourceShape(volume, 8, 8, 1, 1, PixelType.UINT8, List.of()),
            false,
            Sha256.of(new byte[] {1, (byte) index}),
            Sha256.NONE,
            0,
            Sha256.of(new byte[] {2, (byte) index}),
            new TreeSet<>(maskValues),
            SourceTags.NONE));
  }

  private DatasetPlan plan(Task task) {
    return new DatasetPlan(
        PrepareRequest.of("in", "out", task),
        new SourceNames("salt", List.of()),
        entries,
        new TreeMap<>(),
        facts,
        Growth.none());
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
    assertThat(plan.sides.dropped)
        .singleElement()
        .satisfies(
            dropped -> {
              assertThat(dropped.code()).isEqualTo("PATIENT_ACROSS_SPLITS");
              assertThat(dropped.path()).isEqualTo("0.png");
            });
    assertThat(plan.taken()).extracting(SourceFacts::index).containsExactly(1, 2, 3);
    assertThat(plan.sides.split(1)).isEqualTo("train");
    assertThat(plan.sides.split(3)).isEqualTo("test");
  }

  private void typed(PixelType type) {
    int index = facts.size();
    source("", "p" + index, false, List.of());
    SourceFacts plain = facts.get(index);
    facts.set(
        index,
        new SourceFacts(
            index,
            null,
            new SourceShape(false, 8, 8, 1, 1, type, List.of()),
            false,
            plain.content(),
            plain.mask(),
            0,
            plain.pixels(),
            plain.maskValues(),
            SourceTags.NONE));
  }

  @Test
  void takesATypeThatHoldsTheValuesOfAllImages() {
    for (int i = 0; i < 6; i++) {
      typed(PixelType.UINT8);
      typed(PixelType.UINT16);
    }
    assertThat(plan(Task.CLASSIFICATION).preparation.pixelType()).isEqualTo(PixelType.UINT16);
    typed(PixelType.INT16);
    assertThat(plan(Task.CLASSIFICATION).preparation.pixelType()).isEqualTo(PixelType.FLOAT32);
  }

  @Test
  void aTypeFitsIntoOneThatHoldsItsValues() {
    assertThat(PixelType.UINT8.fitsInto(PixelType.INT16)).isTrue();
    assertThat(PixelType.UINT16.fitsInto(PixelType.INT16)).isFalse();
    assertThat(PixelType.INT16.fitsInto(PixelType.UINT16)).isFalse();
    assertThat(PixelType.FLOAT32.fitsInto(PixelType.INT16)).isFalse();
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
