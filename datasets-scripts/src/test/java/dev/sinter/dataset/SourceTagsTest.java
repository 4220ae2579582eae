package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourceTagsTest {
  private static String patient(String id, String issuer, String study) throws IOException {
    byte[] file = TinyCollection.dicom("Schmidt", id, issuer, study, "NO", 1);
    return SourceTags.of("x", file, new SourceNames("salt", List.of())).patient();
  }

  @Test
  void knowsAPatientWhetherOrNotAnIssuerIsNamed() throws IOException {
    assertThat(patient("7", "clinic", "1.2")).isEqualTo(patient(" 7", "", "1.3")).isNotEmpty();
    assertThat(patient("7", "", "1.2")).isNotEqualTo(patient("8", "", "1.2"));
  }

  @Test
  void keepsAStudyTogetherWithoutAnId() throws IOException {
    assertThat(patient("", "clinic", "1.2.3"))
        .isEqualTo(patient("  ", "", "1.2.3"))
        .isNotEqualTo(patient("", "", "1.2.4"))
        .doesNotContain("1.2.3");
    assertThat(patient("", "", "")).isEmpty();
  }
}
