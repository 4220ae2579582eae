package dev.sinter.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {
  @TempDir private Path folder;

  @Test
  void readsAStateDict() {
    Path file = folder.resolve("a.pt");
    WeightTensor one =
        WeightTensor.of("a.weight", new long[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6});
    WeightTensor two = WeightTensor.of("a.bias", new long[] {2}, new float[] {-1, Float.NaN});
    TorchFileWriter.write(List.of(one, two), file);

    WeightFile read = TorchFile.read(file);

    assertThat(read.tensors().keySet()).containsExactly("a.weight", "a.bias");
    assertThat(read.tensors().get("a.weight").shape()).containsExactly(2, 3);
    assertThat(read.tensors().get("a.weight").floats()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(read.tensors().get("a.bias").floats()).containsExactly(-1, Float.NaN);
  }

  @ParameterizedTest
  @CsvSource({"posix,system", "builtins,eval", "torch.nn.modules.conv,Conv2d", "torch,load"})
  void refusesOtherGlobalsByName(String module, String name) throws IOException {
    Path file = folder.resolve("evil.pt");
    TorchFileWriter.writePickle("\u0080\u0002c" + module + "\n" + name + "\n(X\1\0\0\0atR.", file);

    assertThatThrownBy(() -> TorchFile.read(file))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("WEIGHTS_UNSUPPORTED");
              assertThat(e).hasMessageContaining(module + "." + name);
            });
  }

  @Test
  void refusesOtherInstructions() throws IOException {
    Path file = folder.resolve("instance.pt");
    TorchFileWriter.writePickle("\u0080\u0002(iposix\nsystem\n.", file);
    assertThatThrownBy(() -> TorchFile.read(file))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("0x69");
  }

  @Test
  void refusesTruncatedFiles() throws IOException {
    Path whole = folder.resolve("whole.pt");
    TorchFileWriter.write(List.of(WeightTensor.of("w", new long[] {64, 4}, new float[256])), whole);
    byte[] bytes = Files.readAllBytes(whole);
    for (int length = 0; length < bytes.length; length += 37) {
      Path file = folder.resolve("part" + length + ".pt");
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> TorchFile.read(file))
          .isInstanceOfSatisfying(
              SinterException.class, e -> assertThat(e.code()).isEqualTo("WEIGHTS_UNREADABLE"));
    }
  }

  @Test
  void refusesAViewBeyondItsStorage() {
    TorchStorage storage = new TorchStorage("0", ElementType.F32, 4, () -> null);

    assertThat(new TorchTensor(storage, 0, new long[] {2, 2}, new long[] {2, 1}).isWithinStorage())
        .isTrue();
    assertThat(new TorchTensor(storage, 1, new long[] {2, 2}, new long[] {2, 1}).isWithinStorage())
        .isFalse();
    assertThat(new TorchTensor(storage, 0, new long[] {2, 2}, new long[] {3, 1}).isWithinStorage())
        .isFalse();
    assertThat(new TorchTensor(storage, -1, new long[] {2}, new long[] {1}).isWithinStorage())
        .isFalse();
  }

  @Test
  void readsTransposedViews() {
    WeightTensor stored = WeightTensor.of("w", new long[] {6}, new float[] {1, 2, 3, 4, 5, 6});
    TorchStorage storage = new TorchStorage("0", ElementType.F32, 6, stored.bytes());
    TorchTensor transposed = new TorchTensor(storage, 0, new long[] {3, 2}, new long[] {1, 3});
    assertThat(transposed.toWeights("w").floats()).containsExactly(1, 4, 2, 5, 3, 6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "linear",
        "conv2d",
        "batch_norm2d",
        "linear_with_bias",
        "reader/bfloat16",
        "reader/bool",
        "reader/buffers",
        "reader/extreme_values",
        "reader/float64",
        "reader/int16",
        "reader/nested_dict",
        "reader/parameter",
        "reader/scalar",
        "reader/simple_legacy",
        "reader/legacy_uncloned_views",
        "reader/special_values",
        "reader/state_dict",
        "reader/mixed_types",
        "reader/tensor_2d",
        "reader/tensor_3d",
        "reader/int64"
      })
  void readsFilesOfTorch(String name) {
    WeightFile file = TorchFile.read(SharedModels.of("torch/" + name + ".pt"));
    assertThat(file.tensors()).isNotEmpty();
    file.tensors()
        .values()
        .forEach(tensor -> assertThat(tensor.floats()).hasSize((int) tensor.length()));
  }

  @Test
  void readsLegacyViewsOfOneStorage() {
    WeightFile file = TorchFile.read(SharedModels.of("torch/reader/legacy_uncloned_views.pt"));
    assertThat(file.tensors().get("tensor1").floats())
        .containsExactly(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
    assertThat(file.tensors().get("tensor2").floats())
        .containsExactly(50, 51, 52, 53, 54, 55, 56, 57, 58, 59);
  }

  @Test
  @Timeout(60)
  void visitsValuesThatStandInManyPlacesOnlySoOften() throws IOException {
    // [x, x], where x is such a list, 31 levels deep
    StringBuilder pickle = new StringBuilder("\u0080\u0002]q\0");
    for (int level = 1; level <= 31; level++) {
      pickle.append("](h").append((char) (level - 1)).append('h').append((char) (level - 1));
      pickle.append("eq").append((char) level);
    }
    refusedPickle(pickle + ".", "WEIGHTS_UNREADABLE");
  }

  @Test
  @Timeout(60)
  void refusesAListThatHoldsItself() throws IOException {
    refusedPickle("\u0080\u0002]q\0h\0a.", "WEIGHTS_UNREADABLE");
  }

  @ParameterizedTest
  @Timeout(60)
  @ValueSource(
      strings = {
        "}]q\0h\0aN", // a dict, then a list that holds itself as its key
        "})N", // an empty tuple
        "}}N"
      })
  void refusesContainersAsKeys(String keyAndValue) throws IOException {
    refusedPickle("\u0080\u0002" + keyAndValue + "s.", "WEIGHTS_UNSUPPORTED");
  }

  @Test
  @Timeout(60)
  void refusesContainersAsKeysOfPairs() throws IOException {
    refusedPickle(
        "\u0080\u0002ccollections\nOrderedDict\n(]]q\0h\0aN\u0086atR.", "WEIGHTS_UNSUPPORTED");
  }

  private void refusedPickle(String pickle, String code) throws IOException {
    Path file = folder.resolve("pickle.pt");
    TorchFileWriter.writePickle(pickle, file);
    refused(() -> TorchFile.read(file), code);
  }

  private static void refused(ThrowingCallable reading, String code) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  @Test
  void refusesCompressedEntries() throws IOException {
    Path file = folder.resolve("bomb.pt");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(new byte[1 << 20]);
    }
    assertThatThrownBy(() -> TorchFile.read(file))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("archive/data.pkl is compressed");
  }

  @Test
  void comparesChecksums() throws IOException {
    Path file = folder.resolve("flipped.pt");
    TorchFileWriter.write(List.of(WeightTensor.of("w", new long[] {1}, new float[] {1.5f})), file);
    byte[] bytes = Files.readAllBytes(file);
    byte[] value = {0, 0, (byte) 0xC0, 0x3F};
    int at = 0;
    while (!Arrays.equals(bytes, at, at + 4, value, 0, 4)) {
      at++;
    }
    bytes[at] ^= 1;
    Files.write(file, bytes);

    WeightTensor tensor = TorchFile.read(file).tensors().get("w");
    assertThatThrownBy(tensor::floats)
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("CRC-32 of its entry archive/data/0");
  }

  @Test
  void refusesAStorageWhoseSizeOverflows() throws IOException {
    // 2^62 floats would have 2^64 bytes: none, counted in 64 bits
    String storage =
        "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0"
            + "0X\3\0\0\0cpu"
            + "\u008a\10\0\0\0\0\0\0\0@tQ";
    Path file = folder.resolve("overflow.pt");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      TorchFileWriter.entry(
          zip,
          "archive/data.pkl",
          ("\u0080\u0002" + storage + ".").getBytes(StandardCharsets.ISO_8859_1));
      TorchFileWriter.entry(zip, "archive/data/0", new byte[0]);
    }
    refused(() -> TorchFile.read(file), "WEIGHTS_UNREADABLE");
  }

  @Test
  void shapesDoNotOverflow() {
    WeightTensor huge = WeightTensor.of("w", new long[] {1L << 32, 1L << 32}, new float[0]);
    assertThatThrownBy(huge::length).isInstanceOf(ArithmeticException.class);
    WeightTensor negative = WeightTensor.of("w", new long[] {-2, -2}, new float[4]);
    assertThatThrownBy(negative::length).isInstanceOf(ArithmeticException.class);

    TorchStorage storage =
        new TorchStorage("0", ElementType.F32, 1L << 33, () -> ByteBuffer.allocate(0));
    TorchTensor large =
        new TorchTensor(storage, 0, new long[] {1L << 16, 1L << 16}, new long[] {1L << 16, 1});
    assertThatThrownBy(() -> large.toWeights("w").floats()).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void refusesTwoNetworks() {
    TorchTensor tensor =
        new TorchTensor(
            new TorchStorage("0", ElementType.F32, 1, () -> null),
            0,
            new long[] {1},
            new long[] {1});
    Map<String, Object> network = Map.of("w", tensor);

    assertThat(StateDict.tensors("a.pt", Map.of("model", network, "net", Map.of("width", 4L))))
        .extracting(WeightTensor::name)
        .containsExactly("w");
    assertThatThrownBy(
            () -> StateDict.tensors("a.pt", Map.of("model", network, "state_dict", network)))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("state_dict, model");
  }
}
