package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.model.pretrained.SafetensorsFile;
import dev.sinter.model.pretrained.WeightFile;
import dev.sinter.model.pretrained.WeightTensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
  @TempDir Path folder;

  private static CommandResult inspect(String... locations) {
    List<String> arguments = new ArrayList<>(List.of("inspect"));
    arguments.addAll(List.of(locations));
    arguments.addAll(List.of("--json", "-"));
    return CommandResult.of(arguments.toArray(new String[0]));
  }

  private static Map<String, JsonNode> byName(CommandResult result) {
    Map<String, JsonNode> files = new HashMap<>();
    for (JsonNode file : result.json().get("files")) {
      String path = file.get("path").asText();
      files.put(path.substring(path.lastIndexOf('/') + 1), file);
    }
    return files;
  }

  private Path gray() throws IOException {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 6; i++) {
      image.getRaster().setSample(i % 3, i / 3, 0, 10 * i);
    }
    Path file = folder.resolve("gray.png");
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  /** 2 x 2 x 1 voxels -inf, 1, 2, NaN; slope 2, intercept 1. */
  private void volume() throws IOException {
    ByteBuffer b = ByteBuffer.allocate(352 + 16).order(ByteOrder.BIG_ENDIAN).putInt(0, 348);
    int[] dimensions = {3, 2, 2, 1};
    for (int i = 0; i < 4; i++) {
      b.putShort(40 + 2 * i, (short) dimensions[i]).putFloat(76 + 4 * i, i);
    }
    b.putShort(70, (short) 16).putFloat(108, 352).putFloat(112, 2).putFloat(116, 1);
    b.putShort(252, (short) 1).put(344, new byte[] {'n', '+', '1', 0});
    b.putFloat(352, Float.NEGATIVE_INFINITY).putFloat(356, 1).putFloat(360, 2);
    b.putFloat(364, Float.NaN);
    Files.write(folder.resolve("volume.nii"), b.array());
  }

  private void weights() throws IOException {
    WeightTensor kernel = WeightTensor.of("stem.weight", new long[] {2, 3}, new float[6]);
    WeightTensor bias = WeightTensor.of("stem.bias", new long[] {2}, new float[2]);
    try (OutputStream out = Files.newOutputStream(folder.resolve("stem.safetensors"))) {
      SafetensorsFile.write(WeightFile.of("here", List.of(kernel, bias)).tensors().values(), out);
    }
  }

  @Test
  void tellsWhatIsInEachFileAndWhyAnotherCannotBeRead() throws IOException {
    gray();
    volume();
    weights();
    Files.writeString(folder.resolve("broken.png"), "\u0089PNG");
    CommandResult result = inspect(folder.toString(), folder + "/nowhere.nii");
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.errors())
        .contains("error IMAGE_FORMAT_UNKNOWN", "error PATH_NOT_FOUND", "5 looked at, 2 cannot");
    Map<String, JsonNode> files = byName(result);

    JsonNode gray = files.get("gray.png");
    assertThat(gray.get("format").asText()).isEqualTo("png");
    assertThat(gray.get("shape").toString()).isEqualTo("[2,3]");
    assertThat(gray.get("dtype").asText()).isEqualTo("uint8");
    assertThat(gray.get("mean").asDouble()).isEqualTo(25);
    assertThat(gray.get("rescaled_max").asDouble()).isEqualTo(50);
    assertThat(gray.get("pixels_sha256").asText())
        .isEqualTo(sha256(new byte[] {0, 10, 20, 30, 40, 50}));
    assertThat(gray.get("spacing").isNull()).isTrue();
    assertThat(gray.get("error").isNull()).isTrue();

    JsonNode volume = files.get("volume.nii");
    assertThat(volume.get("shape").toString()).isEqualTo("[2,2,1]");
    assertThat(volume.get("min").asText()).isEqualTo("-inf");
    assertThat(volume.get("max").asDouble()).isEqualTo(2);
    assertThat(volume.get("rescaled_max").asDouble()).isEqualTo(5);
    assertThat(volume.get("nan_values").asInt()).isEqualTo(1);
    assertThat(volume.get("infinite_values").asInt()).isEqualTo(1);
    assertThat(volume.get("orientation").asText()).isEqualTo("RAS");
    assertThat(volume.get("spacing").toString()).isEqualTo("[1.0,2.0,3.0]");

    JsonNode weights = files.get("stem.safetensors");
    assertThat(weights.get("parameters").asInt()).isEqualTo(8);
    assertThat(weights.at("/tensors/0/shape").toString()).isIn("[2,3]", "[2]");

    for (String bad : List.of("broken.png", "nowhere.nii")) {
      assertThat(files.get(bad).get("shape").isNull()).isTrue();
      assertThat(files.get(bad).at("/error/message").asText()).contains(bad);
    }
    assertThat(files.get("broken.png").at("/error/code").asText())
        .isEqualTo("IMAGE_FORMAT_UNKNOWN");
    assertThat(files.get("nowhere.nii").at("/error/code").asText()).isEqualTo("PATH_NOT_FOUND");
  }

  @Test
  void takesPatternsAndShowsArrays() throws IOException {
    Path gray = gray();
    byte[] header =
        "\u0093NUMPY\u0001\u0000\u0000\u0000{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2), }"
            .getBytes(StandardCharsets.ISO_8859_1);
    header[8] = (byte) (header.length - 10);
    ByteBuffer array = ByteBuffer.allocate(header.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    array.put(header).putShort((short) 7).putShort((short) -8).putShort((short) 1);
    Files.write(folder.resolve("array.npy"), array.array());

    CommandResult pattern = inspect(folder + "/*.{png,npy}");
    assertThat(pattern.exitCode()).isZero();
    assertThat(byName(pattern)).containsOnlyKeys("gray.png", "array.npy");
    JsonNode found = byName(pattern).get("array.npy");
    assertThat(found.get("shape").toString()).isEqualTo("[2,2]");
    assertThat(found.get("min").asDouble()).isEqualTo(-8);
    assertThat(found.at("/arrays/0/name").asText()).isEqualTo("array");

    CommandResult one = inspect(gray.toString());
    assertThat(one.json().at("/files/0/path").asText()).isEqualTo(gray.toString());
    assertThat(CommandResult.of("inspect").exitCode()).isEqualTo(2);
  }

  private static String sha256(byte[] bytes) {
    try {
      return java.util.HexFormat.of()
          .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
