package dev.sinter.dataset.source.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sinter.dataset.source.PixelSummary;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Real files, against what pydicom with GDCM, and DCMTK, read in them. */
class DicomReferenceTest {
  private static final Path FOLDER = folder();

  /**
   * The reference forgot that OW is turned round by words: it differs from the little-endian twin
   * of this file, which DCMTK and Sinter read alike in both.
   */
  private static final String WRONG_REFERENCE = "pydicom/SC_rgb_small_odd_big_endian.dcm";

  private static final String UNALIGNED = "pydicom-data/liver_nonbyte_aligned.dcm";

  /** Stored words of 15 bits, signed: the reference does not extend the sign before rescaling. */
  private static final String UNSIGNED_REFERENCE = "pydicom-data/JLSL_16_15_1_1F.dcm";

  /**
   * The size in its code stream was overwritten: what the reference calls pixels is what lay in
   * memory.
   */
  private static final String DAMAGED = "pydicom/JPEG2000-embedded-sequence-delimiter.dcm";

  /** Not read by the reference, and the same picture as another file. */
  private static final Map<String, String> TWINS =
      Map.ofEntries(
          Map.entry(WRONG_REFERENCE, "pydicom/SC_rgb_small_odd.dcm"),
          Map.entry("pydicom-data/liver_deflate.dcm", "pydicom-data/liver.dcm"),
          Map.entry("pydicom-data/liver_rle.dcm", "pydicom-data/liver.dcm"),
          Map.entry("pydicom-data/liver_j2k.dcm", "pydicom-data/liver.dcm"),
          Map.entry("pydicom-data/liver_nonbyte_aligned_deflate.dcm", UNALIGNED),
          Map.entry("pydicom-data/liver_nonbyte_aligned_rle.dcm", UNALIGNED),
          Map.entry("pydicom-data/liver_nonbyte_aligned_j2k.dcm", UNALIGNED));

  /** Read here and not by the reference, which wants the transfer syntax to be named. */
  private static final Set<String> READ_HERE_ONLY = Set.of("pydicom-data/OT-PAL-8-face.dcm");

  private static Path folder() {
    Path parent = Path.of("").toAbsolutePath();
    while (parent.getParent() != null && !Files.isDirectory(parent.resolve("shared/data/dicom"))) {
      parent = parent.getParent();
    }
    return parent.resolve("shared/data/dicom");
  }

  @TestFactory
  List<DynamicTest> agreesWithTheReference() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    if (Files.exists(FOLDER.resolve("reference.json"))) {
      for (JsonNode file : new ObjectMapper().readTree(FOLDER.resolve("reference.json").toFile())) {
        tests.add(DynamicTest.dynamicTest(file.get("file").asText(), () -> check(file)));
      }
    }
    return tests;
  }

  private static void check(JsonNode reference) throws IOException {
    String name = reference.get("file").asText();
    byte[] content = Files.readAllBytes(FOLDER.resolve(name));
    if (TWINS.containsKey(name)) {
      assertThat(sha256(name, content)).isEqualTo(sha256(TWINS.get(name)));
    } else if (reference.has("sha_px") && !name.equals(DAMAGED)) {
      agrees(reference, DicomReader.image(name, content));
    } else if (!READ_HERE_ONLY.contains(name)) {
      SinterException refusal =
          org.assertj.core.api.Assertions.catchThrowableOfType(
              SinterException.class, () -> DicomReader.source(name, content));
      assertThat(refusal).isNotNull();
      assertThat(refusal.getMessage()).startsWith(name + ": ");
      assertThat(refusal.remedy()).isNotEmpty();
    }
  }

  private static void agrees(JsonNode reference, DicomImage image) {
    PixelSummary pixels = PixelSummary.of(image.storedSource());
    if (reference.has("shape")) {
      List<Integer> shape = new ArrayList<>();
      reference.get("shape").forEach(extent -> shape.add(extent.asInt()));
      assertThat(pixels.shape()).isEqualTo(shape);
    }
    if (reference.get("lossless_syntax").asBoolean()) {
      assertThat(littleEndian(reference, image)).isEqualTo(reference.get("sha_px").asText());
    }
    assertThat(pixels.stored().min()).isCloseTo(reference.get("min").asDouble(), within(2.0));
    assertThat(pixels.stored().max()).isCloseTo(reference.get("max").asDouble(), within(2.0));
    assertThat(pixels.stored().mean()).isCloseTo(reference.get("mean").asDouble(), within(0.5));
    boolean comparable =
        image.photometric().isMonochrome()
            && !reference.get("file").asText().equals(UNSIGNED_REFERENCE);
    if (reference.has("mod_mean") && comparable) {
      RawSource source = image.rescaledSource();
      PixelSummary values = PixelSummary.of(source);
      double slope = Math.abs(source.scaling().slope());
      assertThat(values.rescaled().min())
          .isCloseTo(reference.get("mod_min").asDouble(), within(2 * slope));
      assertThat(values.rescaled().max())
          .isCloseTo(reference.get("mod_max").asDouble(), within(2 * slope));
      assertThat(values.rescaled().mean())
          .isCloseTo(reference.get("mod_mean").asDouble(), within(slope / 2));
    }
  }

  /** The hash in the byte order of the file, in which the reference took it. */
  private static String littleEndian(JsonNode reference, DicomImage image) {
    byte[] stored = image.stored();
    int width = image.type().bytes();
    if (reference.path("dtype").asText().startsWith(">")) {
      for (int start = 0; start < stored.length; start += width) {
        for (int low = start, high = start + width - 1; low < high; low++, high--) {
          byte kept = stored[low];
          stored[low] = stored[high];
          stored[high] = kept;
        }
      }
    }
    return hash(stored);
  }

  private static String sha256(String name) throws IOException {
    return sha256(name, Files.readAllBytes(FOLDER.resolve(name)));
  }

  private static String sha256(String name, byte[] content) {
    return hash(DicomReader.image(name, content).stored());
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of()
          .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One slice in many syntaxes: the lossless ones hold one picture. */
  @Test
  void readsOnePictureInManySyntaxes() throws IOException {
    Path folder = FOLDER.resolve("one-image-many-syntaxes");
    assumeThat(folder).exists();
    String plain =
        "one-image-many-syntaxes/CTImage.dcm_LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm";
    for (String suffix :
        List.of(
            "BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2",
            "DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99",
            "JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80",
            "JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90",
            "JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70",
            "JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57",
            "LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2",
            "RLELosslessTransferSyntax_1.2.840.10008.1.2.5")) {
      assertThat(sha256("one-image-many-syntaxes/CTImage.dcm_" + suffix + ".dcm"))
          .as(suffix)
          .isEqualTo(sha256(plain));
    }
  }
}
