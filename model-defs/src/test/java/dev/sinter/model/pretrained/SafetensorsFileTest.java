package dev.sinter.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.model.ParameterTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
  @TempDir private Path folder;

  @Test
  void readsWhatItWrites() throws IOException {
    Path file = folder.resolve("a.safetensors");
    float[] values = {1, -0.0f, Float.MIN_VALUE, Float.NaN, Float.NEGATIVE_INFINITY, 3e38f};
    try (OutputStream stream = Files.newOutputStream(file)) {
      SafetensorsFile.write(
          List.of(
              WeightTensor.of("x.weight", new long[] {2, 3}, values),
              WeightTensor.of("x.bias", new long[] {1}, new float[] {7})),
          stream);
    }

    WeightFile read = SafetensorsFile.read(file);

    assertThat(read.tensors().keySet()).containsExactly("x.weight", "x.bias");
    assertThat(read.tensors().get("x.weight").shape()).containsExactly(2, 3);
    assertThat(read.tensors().get("x.weight").floats()).isEqualTo(values);
    assertThat(read.tensors().get("x.bias").floats()).containsExactly(7);
  }

  @ParameterizedTest
  @CsvSource({
    "F64, 3ff8000000000000, 1.5",
    "F32, 3fc00000, 1.5",
    "F16, 3e00, 1.5",
    "F16, 8001, -5.9604645e-8",
    "F16, fc00, -Infinity",
    "BF16, 3fc0, 1.5",
    "I64, fffffffffffffffe, -2",
    "I32, fffffffe, -2",
    "I16, fffe, -2",
    "I8, fe, -2",
    "U8, fe, 254",
    "BOOL, 01, 1"
  })
  void readsEveryType(String type, String bits, float value) throws IOException {
    byte[] data = new byte[bits.length() / 2];
    for (int i = 0; i < data.length; i++) {
      int at = bits.length() - 2 * (i + 1);
      data[i] = (byte) Integer.parseInt(bits.substring(at, at + 2), 16);
    }
    Path file =
        write(
            "{\"x\":{\"dtype\":\""
                + type
                + "\",\"shape\":[],\"data_offsets\":[0,"
                + data.length
                + "]}}",
            data);
    assertThat(SafetensorsFile.read(file).tensors().get("x").floats()).containsExactly(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"x\":",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", // data left over
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}", // truncated
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", // a gap
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[4611686018427387905],\"data_offsets\":[0,4]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", // overlap
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", // twice
      })
  void refusesDamagedHeaders(String header) throws IOException {
    Path file = write(header, new byte[8]);
    assertThatThrownBy(() -> SafetensorsFile.read(file))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("WEIGHTS_UNREADABLE"));
  }

  @Test
  void refusesAnUnknownType() throws IOException {
    Path file =
        write("{\"x\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}", new byte[8]);
    assertThatThrownBy(() -> SafetensorsFile.read(file))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("F8_E4M3");
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    Path whole =
        write("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", new byte[8]);
    byte[] bytes = Files.readAllBytes(whole);
    for (int length = 0; length < bytes.length; length++) {
      Path file = Files.write(folder.resolve("part"), Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> SafetensorsFile.read(file)).isInstanceOf(SinterException.class);
    }
  }

  @Test
  void readsAFileOfTheOriginalLibrary() {
    WeightFile file = SafetensorsFile.read(SharedModels.of("safetensors/multi_layer.safetensors"));
    assertThat(file.tensors().get("fc1.weight").shape()).containsExactly(16, 256);
    assertThat(file.tensors().get("norm1.num_batches_tracked").shape()).isEmpty();
  }

  @Test
  void valuesThatCannotBeReadAreACodedFailure() throws IOException {
    Path large =
        write(
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[600000000],\"data_offsets\":[0,2400000000]}}",
            new byte[0]);
    try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(file.length() + 2_400_000_000L); // a hole, which takes no disk
    }
    WeightTensor tensor = SafetensorsFile.read(large).tensors().get("x");
    unreadable(tensor::floats);

    Path cut =
        write("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", new byte[8]);
    WeightTensor gone = SafetensorsFile.read(cut).tensors().get("x");
    Files.delete(cut);
    unreadable(gone::floats);
  }

  @Test
  void aPlanSaysWhichValuesAreDamaged() {
    WeightTensor damaged =
        WeightTensor.computed(
            "w",
            new long[] {1},
            () -> {
              throw new UncheckedIOException(new IOException("bad block"));
            });
    ParameterTensor tensor =
        new ParameterTensor("conv", "W", 0, new long[] {1}, 'c', ParameterTensor.Role.TRAINABLE);
    ImportPlan plan =
        new ImportPlan(
            List.of(new ImportPlan.Step(tensor, flat -> flat.put(damaged.floats()))),
            new ImportReport("a.h5", List.of(), List.of(), List.of(), List.of()));
    assertThatThrownBy(() -> plan.writeTo(FloatBuffer.allocate(1)))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("a.h5")
        .hasMessageContaining("conv/W")
        .hasMessageContaining("bad block");
  }

  private static void unreadable(ThrowingCallable reading) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("WEIGHTS_UNREADABLE"));
  }

  private Path write(String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text).put(data);
    return Files.write(folder.resolve("x.safetensors"), bytes.array());
  }
}
