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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NiftiFormatTest {
  private static final Path REFERENCE = SharedData.folder("nifti");

  /** Voxel i of a 3 x 2 x 2 volume holds i - 3, or i for unsigned types. */
  static byte[] file(int version, ByteOrder order, VoxelType type, double slope, double inter) {
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
    b.putShort(version == 1 ? 70 : 12, (short) code(type));
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
        case INT64, UINT64 -> b.putLong(at, value);
        case FLOAT32 -> b.putFloat(at, value);
        case FLOAT64 -> b.putDouble(at, value);
        case COMPLEX64 -> b.putFloat(at, value).putFloat(at + 4, -value);
        case COMPLEX128 -> b.putDouble(at, value).putDouble(at + 8, -value);
        case BOOL, FLOAT16 -> throw new IllegalArgumentException(type.key());
      }
    }
    return b.array();
  }

  private static int code(VoxelType type) {
    return switch (type) {
      case UINT8 -> 2;
      case INT16 -> 4;
      case INT32 -> 8;
      case FLOAT32 -> 16;
      case COMPLEX64 -> 32;
      case FLOAT64 -> 64;
      case INT8 -> 256;
      case UINT16 -> 512;
      case UINT32 -> 768;
      case INT64 -> 1024;
      case UINT64 -> 1280;
      case COMPLEX128 -> 1792;
      case BOOL, FLOAT16 -> throw new IllegalArgumentException(type.key());
    };
  }

  private static final List<VoxelType> REAL =
      Arrays.stream(VoxelType.values())
          .filter(type -> type.isReal() && type != VoxelType.BOOL && type != VoxelType.FLOAT16)
          .toList();

  private static int first(VoxelType type) {
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
      for (VoxelType type : REAL) {
        byte[] content = file(version, order, type, 0.5, 10);
        RawVolume read = (RawVolume) SourceFormats.read("v", zipped ? gzip(content) : content);
        float[] values = read.values();
        for (int i = 0; i < 12; i++) {
          assertThat(values[i]).as("%s %s", type, order).isEqualTo((i - first(type)) * 0.5f + 10);
          assertThat(read.storedValue(i)).isEqualTo(i - first(type));
        }
        assertThat(read.dimensions()).containsExactly(3, 2, 2);
        assertThat(read.geometry().spacing()).containsExactly(1, 2, 3);
      }
    }
  }

  @Test
  void refusesHugeClaimsAndCutFiles() throws IOException {
    byte[] huge = file(1, ByteOrder.LITTLE_ENDIAN, VoxelType.FLOAT64, 1, 0);
    ByteBuffer.wrap(huge)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(42, (short) 32767)
        .putShort(44, (short) 32767)
        .putShort(46, (short) 32767);
    byte[] whole = file(1, ByteOrder.LITTLE_ENDIAN, VoxelType.INT16, 1, 0);
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
            (RawVolume) SourceFormats.read("v", file(version, order, VoxelType.INT16, 2, 1));
        byte[] labels = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        NiftiWriter.writeLabels(out, source, labels);
        RawVolume mask = (RawVolume) SourceFormats.read("m", out.toByteArray());
        assertThat(mask.stored()).isEqualTo(labels);
        assertThat(mask.isScaled()).isFalse();
        assertThat(mask.geometry().spacing()).containsExactly(1, 2, 3);
      }
    }
  }

  @Test
  void readsAPairThroughEitherFile() throws IOException {
    for (int version : new int[] {1, 2}) {
      byte[] file = file(version, ByteOrder.BIG_ENDIAN, VoxelType.INT16, 2, 1);
      int size = version == 1 ? 348 : 540;
      byte[] header = Arrays.copyOf(file, size);
      header[version == 1 ? 345 : 5] = 'i';
      ByteBuffer.wrap(header).putLong(version == 1 ? 108 : 168, 0); // and the slope of version 1
      if (version == 1) {
        ByteBuffer.wrap(header).putFloat(112, 2);
      }
      byte[] voxels = Arrays.copyOfRange(file, size + 4, file.length);
      for (Map<String, byte[]> folder :
          List.of(
              Map.of("a.hdr", header, "a.img", voxels),
              Map.of("a.hdr.gz", gzip(header), "a.img.gz", gzip(voxels)),
              Map.of("a.hdr", header, "a.img.gz", gzip(voxels)),
              Map.of("A.HDR", header, "A.IMG", voxels))) {
        for (String name : folder.keySet()) {
          RawVolume volume = (RawVolume) SourceFormats.read(InMemoryFile.of(folder, name));
          assertThat(volume.values()).as(name).startsWith(-5f, -3f, -1f, 1f);
          assertThat(volume.dimensions()).containsExactly(3, 2, 2);
        }
      }
      assertThatThrownBy(() -> SourceFormats.read("a.hdr", header))
          .isInstanceOfSatisfying(
              SinterException.class, e -> assertThat(e.code()).isEqualTo("NIFTI_IMAGE_MISSING"));
      assertThatThrownBy(() -> SourceFormats.read("a.img", voxels))
          .hasMessageContaining("no known image format");
    }
  }

  @Test
  void readsAGzipOfSeveralMembersAndLeavesWhatFollowsTheVoxels() throws IOException {
    byte[] whole = file(1, ByteOrder.LITTLE_ENDIAN, VoxelType.INT16, 1, 0);
    byte[] first = gzip(Arrays.copyOf(whole, 360));
    byte[] second = gzip(Arrays.copyOfRange(whole, 360, whole.length));
    byte[] zeros = gzip(new byte[64 << 20]);
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    members.write(first);
    members.write(second);
    members.write(zeros);
    RawVolume volume = (RawVolume) SourceFormats.read("v", members.toByteArray());
    assertThat(volume.stored()).isEqualTo(Arrays.copyOfRange(whole, 352, whole.length));
  }

  @Test
  void readsAnalyzeWithoutNiftisFields() throws IOException {
    byte[] file = file(1, ByteOrder.BIG_ENDIAN, VoxelType.INT16, 0, 0);
    byte[] header = Arrays.copyOf(file, 348);
    ByteBuffer.wrap(header).putInt(344, 0).putShort(72, (short) 16).putFloat(108, 0);
    byte[] voxels = Arrays.copyOfRange(file, 352, file.length);
    RawVolume volume =
        (RawVolume)
            SourceFormats.read(InMemoryFile.of(Map.of("a.hdr", header, "a.img", voxels), "a.hdr"));
    assertThat(volume.format()).isEqualTo("analyze");
    assertThat(volume.values()).startsWith(-3f, -2f, -1f);
    assertThat(volume.geometry().orientation()).isEqualTo("LAS");
    assertThat(volume.notes()).containsExactly(SourceNotes.ORIENTATION_ASSUMED);
  }

  @Test
  void takesNoScalingFromASlopeThatIsNone() {
    for (double slope : new double[] {0, Double.NaN, Double.POSITIVE_INFINITY}) {
      RawVolume volume =
          (RawVolume)
              SourceFormats.read("v", file(2, ByteOrder.LITTLE_ENDIAN, VoxelType.INT8, slope, 7));
      assertThat(volume.isScaled()).isFalse();
      assertThat(volume.values()).startsWith(-3f, -2f);
    }
    assertThatThrownBy(
            () ->
                SourceFormats.read(
                    "v", file(1, ByteOrder.LITTLE_ENDIAN, VoxelType.INT8, 2, Double.NaN)))
        .hasMessageContaining("scl_inter");
  }

  @Test
  void readsColoursAndNamesComplexNumbers() {
    byte[] colour = file(1, ByteOrder.LITTLE_ENDIAN, VoxelType.UINT8, 3, 1);
    byte[] rgb = Arrays.copyOf(colour, 352 + 36);
    ByteBuffer.wrap(rgb).order(ByteOrder.LITTLE_ENDIAN).putShort(70, (short) 128);
    rgb[352 + 35] = 9;
    RawVolume volume = (RawVolume) SourceFormats.read("v", rgb);
    assertThat(volume.channels()).isEqualTo(3);
    assertThat(volume.isScaled()).isFalse();
    assertThat(volume.isThreeDimensional()).isTrue();
    assertThat(volume.storedValue(35)).isEqualTo(9);
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      RawVolume complex =
          (RawVolume) SourceFormats.read("v", file(1, order, VoxelType.COMPLEX64, 1, 0));
      assertThat(complex.type().isReal()).isFalse();
      ByteBuffer stored = ByteBuffer.wrap(complex.stored()).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(stored.getFloat(8)).isEqualTo(-2);
      assertThat(stored.getFloat(12)).isEqualTo(2);
    }
  }

  @Test
  void takesTheRotationOfAQform() {
    byte[] content = file(1, ByteOrder.LITTLE_ENDIAN, VoxelType.INT16, 1, 0);
    ByteBuffer b = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    // A quarter turn about z: x grows to the front, y to the left; qfac -1 turns z round.
    float root = (float) Math.sqrt(0.5);
    b.putFloat(76, -1).putShort(252, (short) 1).putFloat(264, root);
    b.putFloat(268, 10).putFloat(272, 20).putFloat(276, 30);
    Geometry geometry = ((RawVolume) SourceFormats.read("v", content)).geometry();
    assertThat(geometry.orientation()).isEqualTo("ALI");
    double[] expected = {0, -2, 0, 10, 1, 0, 0, 20, 0, 0, -3, 30, 0, 0, 0, 1};
    for (int i = 0; i < 16; i++) {
      assertThat(geometry.affine()[i]).isCloseTo(expected[i], within(1e-6));
    }
  }

  @Test
  void writesAQformThatSaysTheSameAsTheSform() throws IOException {
    double[] turns = {0.3, -1.2, 2.9};
    for (double handedness : new double[] {1, -1}) {
      for (double angle : turns) {
        double[] affine = {
          2 * Math.cos(angle),
          -Math.sin(angle),
          0,
          5,
          2 * Math.sin(angle),
          Math.cos(angle),
          0,
          -6,
          0,
          0,
          3 * handedness,
          7,
          0,
          0,
          0,
          1
        };
        RawVolume source =
            new RawVolume(
                "dicom",
                new int[] {3, 2, 2},
                1,
                VoxelType.INT16,
                Scaling.NONE,
                Geometry.of(new double[] {2, 1, 3}, affine),
                new byte[24],
                List.of());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        NiftiWriter.writeLabels(out, source, new byte[12]);
        byte[] written;
        try (var in =
            new java.util.zip.GZIPInputStream(
                new java.io.ByteArrayInputStream(out.toByteArray()))) {
          written = in.readAllBytes();
        }
        for (String form : List.of("sform", "qform")) {
          byte[] one = written.clone();
          one[form.equals("sform") ? 252 : 254] = 0; // leaves the other form alone
          double[] read = ((RawVolume) SourceFormats.read("m", one)).geometry().affine();
          for (int i = 0; i < 16; i++) {
            assertThat(read[i]).as("%s %s", form, angle).isCloseTo(affine[i], within(1e-5));
          }
        }
      }
    }
  }

  @Test
  void agreesWithNibabelOnRealFiles() throws IOException {
    assumeThat(Files.isDirectory(REFERENCE))
        .as("shared test data is not here: comparison with nibabel skipped")
        .isTrue();
    int agreeing = 0;
    Map<String, String> refused = new TreeMap<>();
    for (JsonNode expected :
        new ObjectMapper().readTree(REFERENCE.resolve("reference.json").toFile())) {
      String name = expected.path("file").asText();
      try {
        assertAgrees(
            (RawVolume) SourceFormats.read(InMemoryFile.onDisk(REFERENCE.resolve(name))), expected);
        agreeing++;
      } catch (SinterException e) {
        refused.put(name, e.code());
      }
    }
    assertThat(refused)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "nibabel/nifti1.hdr", "NIFTI_IMAGE_MISSING",
                "rii/air2.hdr.gz", "NIFTI_IMAGE_MISSING",
                "nibabel/small.mnc", "IMAGE_FORMAT_UNSUPPORTED",
                "rii/not-nifti.nii", "IMAGE_FORMAT_UNKNOWN"));
    assertThat(agreeing).isEqualTo(21);
  }

  private static void assertAgrees(RawVolume volume, JsonNode expected) {
    String name = expected.path("file").asText();
    PixelSummary summary = PixelSummary.of(volume);
    assertThat(summary.shape())
        .as(name)
        .isEqualTo(new ObjectMapper().convertValue(expected.path("shape"), List.class));
    String dtype = expected.path("dtype").asText();
    assertThat(summary.type().key())
        .as(name)
        .isEqualTo(dtype.replace(">i2", "int16").replace(">f4", "float32"));
    assertThat(volume.geometry().orientation()).as(name).isEqualTo(expected.path("ornt").asText());
    for (int row = 0; row < 4; row++) {
      for (int column = 0; column < 4; column++) {
        assertThat(volume.geometry().affine()[4 * row + column])
            .as("%s affine %d %d", name, row, column)
            .isCloseTo(expected.path("affine").path(row).path(column).asDouble(), within(1e-5));
      }
    }
    PixelSummary.Range range = summary.rescaled();
    assertClose(range.min(), expected.path("min"), name);
    assertClose(range.max(), expected.path("max"), name);
    assertClose(range.mean(), expected.path("mean"), name);
    assertClose(range.mean() * volume.size(), expected.path("sum"), name);
    assertThat(summary.nans()).as(name).isEqualTo(expected.path("nan").asLong());
    JsonNode first = expected.path("first8_fortran_order");
    for (int i = 0; i < first.size(); i++) {
      assertClose(volume.scaling().apply(volume.storedValue(i)), first.path(i), name);
    }
  }

  /** The reference rounds its means to 8 digits, and to words where JSON has no number. */
  private static void assertClose(double actual, JsonNode expected, String name) {
    double wanted =
        expected.isNumber()
            ? expected.asDouble()
            : Double.parseDouble(expected.asText().replace("inf", "Infinity"));
    if (Double.isInfinite(wanted)) {
      assertThat(actual).as(name).isEqualTo(wanted);
    } else {
      assertThat(actual).as(name).isCloseTo(wanted, within(2e-7 * Math.max(1, Math.abs(wanted))));
    }
  }
}
