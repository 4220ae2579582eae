package dev.sinter.dataset.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumpyFormatTest {
  private static ContainerSource container(byte[] content) throws IOException {
    return SourceFormats.container(SourceFile.of("data/a.npy", content)).orElseThrow();
  }

  private static void assertRefused(byte[] content, String code, String words) {
    assertThatThrownBy(() -> SourceFormats.read("data/a", content))
        .isInstanceOfSatisfying(SinterException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(words);
  }

  @ParameterizedTest
  @CsvSource({
    "b1, BOOL",
    "u1, UINT8",
    "i1, INT8",
    "u2, UINT16",
    "i2, INT16",
    "u4, UINT32",
    "i4, INT32",
    "u8, UINT64",
    "i8, INT64",
    "f2, FLOAT16",
    "f4, FLOAT32",
    "f8, FLOAT64"
  })
  void readsEveryTypeInBothByteOrders(String descr, VoxelType type) {
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      String prefix = type.bytes() == 1 ? "|" : order == ByteOrder.LITTLE_ENDIAN ? "<" : ">";
      byte[] values = NumpyFiles.counting(type, order, 6);
      RawImage image =
          (RawImage)
              SourceFormats.read(
                  "a", NumpyFiles.npy(1, "'" + prefix + descr + "'", "False", "(2, 3)", values));
      assertThat(image.type()).isEqualTo(type);
      assertThat(image.height()).isEqualTo(2);
      assertThat(image.width()).isEqualTo(3);
      float[] expected =
          type == VoxelType.BOOL ? new float[] {0, 1, 0, 1, 0, 1} : new float[] {0, 1, 2, 3, 4, 5};
      assertThat(image.values()).containsExactly(expected);
    }
  }

  @Test
  void keepsTheExtremesOfHalfFloatsAndLongs() throws IOException {
    byte[] halves = new byte[12];
    ByteBuffer.wrap(halves)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) 0x0001)
        .putShort((short) 0xfbff)
        .putShort((short) 0x7c00)
        .putShort((short) 0xfc00)
        .putShort((short) 0x7e00)
        .putShort((short) 0x3555);
    float[] values =
        container(NumpyFiles.npy(1, "'<f2'", "False", "(6,)", halves)).array("a").values();
    assertThat(values)
        .containsExactly(
            0x1p-24f,
            -65504f,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN,
            0.33325195f);
    byte[] most = {-1, -1, -1, -1, -1, -1, -1, -1};
    assertThat(container(NumpyFiles.npy(1, "'<u8'", "False", "()", most)).array("a").values())
        .containsExactly(0x1p64f);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void readsEveryVersionAndBothOrdersOfAxes(int version) throws IOException {
    byte[] values = NumpyFiles.counting(VoxelType.INT16, ByteOrder.LITTLE_ENDIAN, 24);
    byte[] c = NumpyFiles.npy(version, "'<i2'", "False", "(2, 3, 4)", values);
    byte[] fortran = NumpyFiles.npy(version, "'<i2'", "True", "(2, 3, 4)", values);
    assertThat(container(c).array("a").values()[5]).isEqualTo(5);
    float[] turned = container(fortran).array("a").values();
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 4; k++) {
          assertThat(turned[(i * 3 + j) * 4 + k]).isEqualTo(i + 2 * (j + 3 * k));
        }
      }
    }
    RawVolume volume = (RawVolume) SourceFormats.read("a", c);
    assertThat(volume.dimensions()).containsExactly(4, 3, 2);
  }

  @Test
  void takesALastAxisOfThreeOrFourForChannels() {
    byte[] values = NumpyFiles.counting(VoxelType.UINT8, ByteOrder.LITTLE_ENDIAN, 5 * 6 * 4);
    RawImage rgba =
        (RawImage)
            SourceFormats.read("a", NumpyFiles.npy(1, "'|u1'", "False", "(5, 6, 4)", values));
    assertThat(rgba.channels()).isEqualTo(3);
    assertThat(rgba.notes()).containsExactly(SourceNotes.ALPHA_DROPPED);
    assertThat(rgba.values()[30 + 7]).isEqualTo(7 * 4 + 1);
    byte[] gray = Arrays.copyOf(values, 30);
    assertThat(
            ((RawImage)
                    SourceFormats.read("a", NumpyFiles.npy(1, "'|u1'", "False", "(5, 6, 1)", gray)))
                .channels())
        .isEqualTo(1);
  }

  @Test
  void runsNothing() {
    byte[] pickle = "\u0080\u0004cos\nsystem\n".getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(
        NumpyFiles.npy(1, "'|O'", "False", "(1,)", pickle), "NPY_TYPE_UNSUPPORTED", "pickle");
    assertRefused(
        NumpyFiles.npy(1, "[('x', '<f4')]", "False", "(1,)", new byte[4]),
        "NPY_TYPE_UNSUPPORTED",
        "named fields");
    assertRefused(
        NumpyFiles.npy(1, "'<U4'", "False", "(1,)", new byte[16]), "NPY_TYPE_UNSUPPORTED", "<U4");
  }

  @Test
  void refusesWhatItsHeaderDoesNotDescribe() {
    byte[] four = new byte[4];
    assertRefused(NumpyFiles.npy(1, "'|u1'", "False", "(2, 3)", four), "NPY_TRUNCATED", "6 bytes");
    assertRefused(
        NumpyFiles.npy(1, "'<f8'", "False", "(2000000000, 2000000000, 2000000000)", four),
        "NPY_TRUNCATED",
        "4 are there");
    assertRefused(
        NumpyFiles.npy(1, "'|u1'", "False", "(99999999999, 1)", four), "NPY_INVALID", "axis");
    assertRefused(NumpyFiles.npy(4, "'|u1'", "False", "(2, 2)", four), "NPY_INVALID", "version 4");
    assertRefused(NumpyFiles.npy(1, "'|u1'", "Perhaps", "(2, 2)", four), "NPY_INVALID", "order");
    assertRefused(NumpyFiles.npy(1, "'|u1'", "False", "(4,)", four), "ARRAY_NOT_AN_IMAGE", "[4]");
  }

  @ParameterizedTest
  @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
  void readsArraysOfAZip(int method) throws IOException {
    Map<String, byte[]> arrays = new LinkedHashMap<>();
    byte[] values = NumpyFiles.counting(VoxelType.UINT8, ByteOrder.LITTLE_ENDIAN, 2 * 28 * 28);
    arrays.put("train_images", NumpyFiles.npy(1, "'|u1'", "False", "(2, 28, 28)", values));
    arrays.put("train_labels", NumpyFiles.npy(1, "'|u1'", "False", "(2, 1)", new byte[] {1, 0}));
    byte[] content = NumpyFiles.npz(method, arrays);
    ContainerSource container = container(content);
    assertThat(container.entries())
        .containsExactly(
            new ContainerSource.Entry("train_images", List.of(2, 28, 28), VoxelType.UINT8),
            new ContainerSource.Entry("train_labels", List.of(2, 1), VoxelType.UINT8));
    RawArray images = container.array("train_images");
    assertThat(images.samples()).isEqualTo(2);
    RawImage second = (RawImage) images.sample(container.format(), 1);
    assertThat(second.height()).isEqualTo(28);
    assertThat(second.values()[3]).isEqualTo((784 + 3) % 256);
    assertRefused(content, "FILE_HOLDS_MANY_SAMPLES", "train_images, train_labels");
    assertThatThrownBy(() -> container.array("test_images")).hasMessageContaining("test_images");
    for (int length : new int[] {content.length - 5, content.length / 2}) {
      byte[] cut = Arrays.copyOf(content, length);
      assertRefused(cut, "NPY_INVALID", "directory");
    }
    content[content.length / 3] ^= 4;
    assertThatThrownBy(() -> container(content).array("train_images"))
        .isInstanceOf(SinterException.class);
  }

  @Test
  void readsOneArrayOfAZipAsItsImage() throws IOException {
    byte[] values = NumpyFiles.counting(VoxelType.FLOAT32, ByteOrder.BIG_ENDIAN, 6);
    byte[] array = NumpyFiles.npy(1, "'>f4'", "False", "(2, 3)", values);
    RawImage image = (RawImage) SourceFormats.read("a", NumpyFiles.npz(8, Map.of("arr_0", array)));
    assertThat(image.values()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(image.format()).isEqualTo("npz");
  }

  @Test
  void refusesAnEmptyArrayWhoseOtherAxesOverflow() throws IOException {
    String shape = "(2147483647, 2147483647, 3, 0)";
    byte[] empty = NumpyFiles.npy(1, "'|u1'", "False", shape, new byte[0]);
    assertRefused(empty, "ARRAY_NOT_AN_IMAGE", "2147483647");
    assertThat(container(NumpyFiles.npz(8, Map.of("a", empty))).array("a").stored()).isEmpty();
  }

  @Test
  void refusesAZipThatInflatesWithoutEnd() throws IOException {
    byte[] claim = NumpyFiles.npy(1, "'|u1'", "False", "(2000000000, 1)", new byte[1 << 20]);
    byte[] content = NumpyFiles.npz(ZipEntry.DEFLATED, Map.of("a", claim));
    assertRefused(content, "NPY_TRUNCATED", "2000000000");
  }

  @Test
  void readsMedMnist() throws IOException {
    Path file = SharedData.folder("cls/pneumoniamnist_variant");
    assumeThat(Files.isDirectory(file)).as("shared test data is not here").isTrue();
    Path npz = SharedData.files(file, ".npz").get(0);
    ContainerSource container = container(Files.readAllBytes(npz));
    assertThat(container.array("train_images").shape()).containsExactly(3882, 28, 28);
    assertThat(container.array("val_images").samples()).isEqualTo(524);
    float[] labels = container.array("train_labels").values();
    int pneumonia = 0;
    for (float label : labels) {
      pneumonia += (int) label;
    }
    assertThat(pneumonia).isEqualTo(3494);
    assertThat(labels).hasSize(3882);
  }
}
