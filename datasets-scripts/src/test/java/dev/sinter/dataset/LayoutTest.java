package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutTest {
  @TempDir Path folder;

  private void files(String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, name);
    }
  }

  private PrepareRequest request(Task task) {
    return PrepareRequest.of(folder.toString(), folder + "-out", task);
  }

  private static Layout layout(PrepareRequest request) {
    return Layout.of(request, new Configuration());
  }

  @Test
  void takesSplitsUnderAnyOfTheirNames() throws IOException {
    files("training/cat/1.png", "Validation/cat/2.png", "testing/dog/3.png");
    Layout layout = layout(request(Task.CLASSIFICATION));
    assertThat(layout.classes).containsExactly("cat", "dog");
    assertThat(layout.entries)
        .extracting(entry -> entry.givenSplit() + " " + entry.relative())
        .containsExactlyInAnyOrder(
            "train training/cat/1.png", "val Validation/cat/2.png", "test testing/dog/3.png");
  }

  @Test
  void takesAPairOfHeaderAndVoxelsForOneSource() throws IOException {
    files("cat/a.hdr", "cat/a.img", "cat/b.HDR.gz", "cat/b.img.gz", "dog/c.img", "dog/d/a.img");
    assertThat(layout(request(Task.CLASSIFICATION)).entries)
        .extracting(SourceEntry::relative)
        .containsExactlyInAnyOrder("cat/a.hdr", "cat/b.HDR.gz", "dog/c.img", "dog/d/a.img");
  }

  @Test
  void leavesOutTextsAndHiddenFilesBesideImages() throws IOException {
    files(
        "cat/1.png",
        "cat/README",
        "cat/Readme.first",
        "cat/LICENSE-2.0",
        "cat/attribution.html",
        "cat/notes.md",
        "cat/list.TXT",
        "cat/labels.csv",
        "cat/meta.json",
        "cat/.DS_Store",
        "cat/Thumbs.db",
        "cat/_SUCCESS",
        ".git/dog/1.png");
    Layout layout = layout(request(Task.CLASSIFICATION));
    assertThat(layout.entries).extracting(SourceEntry::relative).containsExactly("cat/1.png");
    assertThat(layout.rejections).isEmpty();
    assertThat(layout.listed).isEqualTo(1);
  }

  @Test
  void takesImagesThatAreCalledLikeTexts() throws IOException {
    files("cat/readme.png", "cat/license_plate.jpeg", "cat/attribution.nii.gz", "cat/scan.dat");
    assertThat(layout(request(Task.CLASSIFICATION)).entries).hasSize(4);
  }

  @Test
  void rejectsPairsThatCannotBeTold() throws IOException {
    files("images/a.png", "images/a.tif", "images/b.png", "images/c.png");
    files("labels/a.png", "labels/b.png", "labels/b_mask.png", "labels/c.png");
    Layout layout = layout(request(Task.SEGMENTATION));
    assertThat(layout.rejections).extracting(Rejection::code).containsOnly("PAIR_AMBIGUOUS");
    assertThat(layout.rejections).extracting(Rejection::path).contains("images/b.png");
    assertThat(layout.entries).extracting(SourceEntry::relative).contains("images/c.png");
  }

  @Test
  void refusesAPatternThatFindsNoPatient() throws IOException {
    files("cat/p1_a.png", "cat/other.png");
    assertThatThrownBy(() -> layout(request(Task.CLASSIFICATION).withPatientPattern("(p\\d+)_")))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("PATIENT_NOT_FOUND"));
  }

  @Test
  void refusesAPatternWithoutOneGroup() throws IOException {
    files("cat/p1_a.png", "cat/p2.png");
    for (String pattern : new String[] {"p\\d+", "(p)(\\d)", "(p", "[z-a]"}) {
      assertThatThrownBy(() -> layout(request(Task.CLASSIFICATION).withPatientPattern(pattern)))
          .isInstanceOfSatisfying(
              SinterException.class,
              e -> {
                assertThat(e.code()).isEqualTo("PATIENT_PATTERN_INVALID");
                assertThat(e.category()).isEqualTo(ErrorCategory.USAGE);
                assertThat(e).hasMessageContaining(pattern);
              });
    }
  }
}
