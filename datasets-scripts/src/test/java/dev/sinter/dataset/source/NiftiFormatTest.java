package dev.sinter.dataset.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sinter.error.SinterException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NiftiFormatTest {
  private static final Path REFERENCE = reference();

  private static Path reference() {
    Path parent = Path.of("").toAbsolutePath();
    while (parent.getParent() != null && !Files.isDirectory(parent.resolve("shared/data/nifti"))) {
      parent = parent.getParent();
    }
    return parent.resolve("shared/data/nifti");
  }

  /** Voxel i of a 3 x 2 x 2 volume holds i - 3, or i for unsigned types. */
  static byte[] file(int version, ByteOrder order, NiftiType type, double slope, double inter) {
    int size = version == 1 ? 348 : 540;
    ByteBuffer b = ByteBuffer.allocate(size + 4 + 12 * type.bytes()).order(order);
    b.putInt(0, size);
    int[] dim = {3, 3, 2, 2, 1, 1, 1, 1};
    for (int i = 0; i < 8; i++) {
      if (version == 1) {
        b.putShort(40 + 2 * i, (short) dim[i]).putFloat(76 + 4 * i, i);
      } else {
        b.putLong(16 + 8 * i, dim[i]).putDouble(104 + 8 * i, i);
      }
    }
    b.putShort(version == 1 ? 70 : 12, (short) type.code());
    if (version == 1) {
      b.putFloat(108, size + 4).putFloat(112, (float) slope).putFloat(116, (float) inter);
      b.put(344, new byte[] {'n', '+', '1', 0});
    } else {
      b.putLong(168, size + 4).putDouble(176, slope).putDouble(184, inter);
      b.put(4, new byte[] {'n', '+', '2', 0, '\r', '\n', 0x1a, '\n'});
    }
    for (int i = 0; i < 12; i++) {
      int at = size + 4 + i * type.bytes();
      int value = i - first(type);
      switch (type) {
        case UINT8, INT8 -> b.put(at, (byte) value);
        case INT16, UINT16 -> b.putShort(at, (short) value);
        case INT32, UINT32 -> b.putInt(at, value);
        case FLOAT32 -> b.putFloat(at, value);
        case FLOAT64 -> b.putDouble(at, value);
      }
    }
    return b.array();
  }

  private static int first(NiftiType type) {
    return type.name().startsWith("U") ? 0 : 3;
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "2, false", "2, true"})
  void readsEveryTypeInBothByteOrders(int version, boolean zipped) throws IOException {
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      for (NiftiType type : NiftiType.values()) {
        byte[] content = file(version, order, type, 0.5, 10);
        RawVolume read = (RawVolume) SourceFormats.read("v", zipped ? gzip(content) : content);
        float[] values = read.values();
        for (int i = 0; i < 12; i++) {
          assertThat(values[i]).as("%s %s", type, order).isEqualTo((i - first(type)) * 0.5f + 10);
          assertThat(read.storedValue(i)).isEqualTo(i - first(type));
        }
        assertThat(read.header().dimensions()).containsExactly(3, 2, 2);
        assertThat(read.header().spacing()).containsExactly(1, 2, 3);
      }
    }
  }

  @Test
  void refusesHugeClaimsAndCutFiles() throws IOException {
    byte[] huge = file(1, ByteOrder.LITTLE_ENDIAN, NiftiType.FLOAT64, 1, 0);
    ByteBuffer.wrap(huge)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(42, (short) 32767)
        .putShort(44, (short) 32767)
        .putShort(46, (short) 32767);
    byte[] whole = file(1, ByteOrder.LITTLE_ENDIAN, NiftiType.INT16, 1, 0);
    byte[] zipped = gzip(whole);
    for (byte[] content :
        List.of(
            huge,
            gzip(huge),
            java.util.Arrays.copyOf(whole, whole.length - 1),
            java.util.Arrays.copyOf(zipped, zipped.length - 12))) {
      assertThatThrownBy(() -> SourceFormats.read("v.nii", content))
          .isInstanceOfSatisfying(
              SinterException.class, e -> assertThat(e.code()).isEqualTo("NIFTI_TRUNCATED"));
    }
  }

  @Test
  void writesLabelsWithTheSourcesGeometry() throws IOException {
    for (int version : new int[] {1, 2}) {
      for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
        RawVolume source =
            (RawVolume) SourceFormats.read("v", file(version, order, NiftiType.INT16, 2, 1));
        byte[] labels = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        NiftiWriter.writeLabels(out, source.header(), labels);
        RawVolume mask = (RawVolume) SourceFormats.read("m", out.toByteArray());
        assertThat(mask.stored()).isEqualTo(labels);
        assertThat(mask.isScaled()).isFalse();
        assertThat(mask.header().spacing()).containsExactly(1, 2, 3);
      }
    }
  }

  @Test
  void agreesWithNibabelOnRealFiles() throws IOException {
    assumeThat(Files.isDirectory(REFERENCE))
        .as("shared test data is not here: comparison with nibabel skipped")
        .isTrue();
    List<String> read = new ArrayList<>();
    for (JsonNode expected :
        new ObjectMapper().readTree(REFERENCE.resolve("reference.json").toFile())) {
      if (!expected.path("class").asText().matches("Nifti[12]Image")) {
        continue;
      }
      String name = expected.path("file").asText();
      RawVolume volume =
          (RawVolume) SourceFormats.read(name, Files.readAllBytes(REFERENCE.resolve(name)));
      List<Integer> shape = new ArrayList<>();
      expected.path("shape").forEach(extent -> shape.add(extent.asInt()));
      assertThat(volume.header().dimensions())
          .as(name)
          .isEqualTo(shape.stream().mapToInt(Integer::intValue).toArray());
      if (expected.path("mean").isNumber()) {
        double sum = 0;
        for (int i = 0; i < volume.size(); i++) {
          sum += volume.storedValue(i) * volume.header().slope() + volume.header().intercept();
        }
        double mean = expected.path("mean").asDouble();
        assertThat(sum / volume.size())
            .as(name)
            .isCloseTo(mean, within(1e-6 * Math.max(1, Math.abs(mean))));
      }
      read.add(name);
    }
    assertThat(read).hasSizeGreaterThan(15);
  }
}
