package dev.sinter.trainer.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sinter inspect} of DICOM: stored words, rescaled values, and nobody's name. */
class DicomInspectionTest {
  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** An explicit little-endian element with a short length, PS3.5 section 7.1.2. */
  private void element(int tag, String vr, byte[] value) {
    ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    header.putShort((short) (tag >>> 16)).putShort((short) tag);
    header.put(vr.getBytes(StandardCharsets.US_ASCII)).putShort((short) value.length);
    out.writeBytes(header.array());
    out.writeBytes(value);
  }

  private void text(int tag, String vr, String text) {
    String padded = text.length() % 2 == 0 ? text : text + " ";
    element(tag, vr, padded.getBytes(StandardCharsets.US_ASCII));
  }

  private void number(int tag, int value) {
    element(tag, "US", new byte[] {(byte) value, (byte) (value >> 8)});
  }

  private Inspected inspected() throws IOException {
    Path file = Files.write(folder.resolve("slice"), out.toByteArray());
    List<Inspected> all = new ArrayList<>();
    new Inspections(new Configuration()).of(file.toString(), all::add);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private void head() {
    text(0x00080060, "CS", "CT");
    text(0x00100010, "PN", "DOE^JANE");
    text(0x00100020, "LO", "4711");
  }

  @Test
  void showsStoredWordsAndRescaledValues() throws IOException {
    head();
    text(0x00280004, "CS", "MONOCHROME2");
    number(0x00280010, 1);
    number(0x00280011, 3);
    number(0x00280100, 8);
    text(0x00281052, "DS", "-10");
    text(0x00281053, "DS", "2");
    text(0x00280301, "CS", "YES");
    out.writeBytes(new byte[] {(byte) 0xe0, 0x7f, 0x10, 0, 'O', 'B', 0, 0, 4, 0, 0, 0, 5, 6, 7, 0});

    Inspected inspected = inspected();

    assertThat(inspected.error()).isEmpty();
    Map<String, Object> facts = inspected.facts();
    assertThat(facts).containsEntry("format", "dicom").containsEntry("shape", List.of(1, 3));
    assertThat(facts).containsEntry("dtype", "uint8");
    assertThat(facts).containsEntry("min", 5.0).containsEntry("max", 7.0);
    assertThat(facts).containsEntry("rescaled_min", 0.0).containsEntry("rescaled_max", 4.0);
    assertThat((Map<?, ?>) facts.get("dicom"))
        .extracting("modality", "burned_in_annotation", "patient_id_known")
        .containsExactly("CT", "yes", true);
    assertThat(inspected.json().toString()).doesNotContain("DOE").doesNotContain("4711");
  }

  @Test
  void saysWhatAFileWithoutPixelsIs() throws IOException {
    text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.88.11");
    head();

    Inspected inspected = inspected();

    assertThat(inspected.error())
        .hasValueSatisfying(e -> assertThat(e.code()).isEqualTo("DICOM_NO_PIXELS"));
    assertThat(inspected.json().toString()).contains("structured report").doesNotContain("DOE");
  }
}
