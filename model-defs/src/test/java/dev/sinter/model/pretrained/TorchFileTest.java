package dev.sinter.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
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
}
