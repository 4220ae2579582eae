package dev.sinter.dataset.source.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.IntSummaryStatistics;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Frames of public DICOM files against the samples that GDCM and DCMTK decode, by SHA-256; skipped
 * where no folder above the clone has {@code shared/data}.
 */
class ReferenceFramesTest {
  private static final Path FILES = files();

  private static Path files() {
    Path parent = Path.of("").toAbsolutePath();
    while (parent.getParent() != null && !Files.isDirectory(parent.resolve("shared/data/dicom"))) {
      parent = parent.getParent();
    }
    return parent.resolve("shared/data/dicom");
  }

  @ParameterizedTest
  @CsvFileSource(resources = "/codec-references.csv", numLinesToSkip = 1)
  void decodesAsTheReference(String file, String form, String sha256)
      throws NoSuchAlgorithmException {
    Path path = FILES.resolve(file);
    assumeThat(Files.exists(path)).isTrue();
    EncapsulatedFile dicom = new EncapsulatedFile(path);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (byte[] stream : dicom.frames()) {
      DecodedFrame frame = dicom.codec().decode(stream);
      assertThat(frame.rows()).isEqualTo(dicom.rows());
      assertThat(frame.columns()).isEqualTo(dicom.columns());
      assertThat(frame.samplesPerPixel()).isEqualTo(dicom.samplesPerPixel());
      byte[] samples = frame.samples();
      if (form.equals("converted")) {
        YbrColors.toRgb(samples);
      }
      digest.update(form.equals("extended") ? extended(samples, dicom.bitsStored()) : samples);
    }
    assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(sha256);
  }

  /** Real arithmetic rounds otherwise than OpenJPEG's in one of some thousand samples. */
  @ParameterizedTest
  @CsvSource({
    "pydicom-data/MR2_J2KI.dcm, 0, 600, 75.134738",
    "pydicom-data/RG3_J2KI.dcm, 0, 1023, 332.716595",
    "pydicom-data/US1_J2KI.dcm, 0, 255, 34.690641",
    "pydicom/JPEG2000.dcm, -30, 245, 13.45816"
  })
  void decodesCloseToTheReference(String file, int least, int most, double mean) {
    Path path = FILES.resolve(file);
    assumeThat(Files.exists(path)).isTrue();
    EncapsulatedFile dicom = new EncapsulatedFile(path);
    int[] samples = Samples.of(dicom.codec().decode(dicom.frames().get(0)));
    IntSummaryStatistics statistics = Arrays.stream(samples).summaryStatistics();
    assertThat(statistics.getMin()).isBetween(least - 1, least + 1);
    assertThat(statistics.getMax()).isBetween(most - 1, most + 1);
    assertThat(statistics.getAverage()).isCloseTo(mean, within(0.01));
  }

  /** Signed samples of fewer than 16 bits as whole words. */
  private static byte[] extended(byte[] samples, int bits) {
    for (int i = 0; i < samples.length; i += 2) {
      int value = ((samples[i] & 0xFF) | samples[i + 1] << 8) << (32 - bits) >> (32 - bits);
      samples[i] = (byte) value;
      samples[i + 1] = (byte) (value >> 8);
    }
    return samples;
  }
}
