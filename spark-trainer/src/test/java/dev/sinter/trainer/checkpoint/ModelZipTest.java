package dev.sinter.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Sizes that a stranger's file names are not believed. */
class ModelZipTest {
  private static final String COEFFICIENTS = "coefficients.bin";

  @ParameterizedTest
  @CsvSource({
    "1152921504606846976, 4", // longs of a shape
    "8, 1099511627776", // 4 TiB of floats
    "8, 4611686018427387904", // whose bytes overflow
    "8, -1"
  })
  void refusesMoreThanTheFileCanHold(long shapeLength, long length) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    header(out, shapeLength, DataType.INT64);
    for (int i = 0; i < 8; i++) {
      out.writeLong(1);
    }
    header(out, length, DataType.FLOAT);
    out.writeFloat(1);
    refused(
        zip(COEFFICIENTS, bytes.toByteArray()),
        length == 4 ? "coefficients of type LONG" : "coefficients of type FLOAT");
  }

  @Test
  void refusesATextWithoutEnd() throws IOException {
    refused(zip("configuration.json", new byte[65 << 20]), "configuration.json has more than");
  }

  @Test
  void refusesASecondVector() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    header(out, 0, DataType.INT64);
    header(out, 1, DataType.FLOAT);
    out.writeFloat(1);
    byte[] one = zip(COEFFICIENTS, bytes.toByteArray());
    byte[] two = new byte[2 * one.length];
    // Two local entries one behind the other; the stream's reader needs no directory.
    int end = directory(one);
    System.arraycopy(one, 0, two, 0, end);
    System.arraycopy(one, 0, two, end, end);
    refused(two, "two entries coefficients.bin");
  }

  private static int directory(byte[] zip) {
    for (int i = 0; ; i++) {
      if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] == 1 && zip[i + 3] == 2) {
        return i;
      }
    }
  }

  private static void header(DataOutputStream out, long length, DataType type) throws IOException {
    out.writeUTF("MIXED_DATA_TYPES");
    out.writeLong(length);
    out.writeUTF(type.name());
  }

  private static byte[] zip(String name, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
      zip.closeEntry();
    }
    return bytes.toByteArray();
  }

  private static void refused(byte[] zip, String why) {
    assertThatThrownBy(
            () -> ModelZip.read(new ByteArrayInputStream(zip), zip.length, "foreign.zip"))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("MODEL_UNREADABLE"))
        .hasMessageContaining(why);
  }
}
