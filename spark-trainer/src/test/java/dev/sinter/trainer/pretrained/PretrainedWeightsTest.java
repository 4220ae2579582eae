package dev.sinter.trainer.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.model.InputShape;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.pretrained.WeightFiles;
import dev.sinter.trainer.WorkersFileSystem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

@Timeout(120)
class PretrainedWeightsTest {
  @TempDir private Path folder;

  private static ComputationGraph graph(DataType type) {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(type)
                .seed(5)
                .graphBuilder()
                .addInputs("in")
                .addLayer("out", new OutputLayer.Builder().nIn(3).nOut(2).build(), "in")
                .setOutputs("out")
                .build());
    graph.init();
    return graph;
  }

  private Path saved(DataType type) throws IOException {
    Path file = folder.resolve("saved.zip");
    ModelSerializer.writeModel(graph(type), file.toFile(), false);
    return file;
  }

  private static Dl4jFile.Contents read(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      return Dl4jFile.read(zip, file.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"FLOAT", "DOUBLE", "HALF"})
  void readsWhatDl4jWrites(String type) throws IOException {
    ComputationGraph graph = graph(DataType.valueOf(type));
    Dl4jFile.Contents contents = read(saved(DataType.valueOf(type)));
    assertThat(contents.parameters()).containsExactly(graph.params().data().asFloat());
    assertThat(contents.configuration()).isEqualTo(graph.getConfiguration());
  }

  /** Takes note of being made out of a stream. */
  public static final class Payload implements Serializable {
    private static final long serialVersionUID = 1;
    static boolean ran;

    private void readObject(ObjectInputStream stream) {
      ran = true;
    }
  }

  @Test
  void readsNoJavaObjects() throws IOException {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (ObjectOutputStream stream = new ObjectOutputStream(object)) {
      stream.writeObject(new Payload());
    }
    Path file = changed(saved(DataType.FLOAT), "preprocessor.bin", object.toByteArray());
    assertThat(read(file).parameters()).hasSize(8);
    assertThat(load(file)).isEqualTo("WEIGHTS_OF_ANOTHER_NETWORK");
    assertThat(Payload.ran).isFalse();
  }

  @Test
  void refusesForeignClassesAndDamage() throws IOException {
    Path saved = saved(DataType.FLOAT);
    String json = graph(DataType.FLOAT).getConfiguration().toJson();
    String foreign =
        json.replace(
            "org.deeplearning4j.nn.conf.graph.LayerVertex",
            "dev.sinter.trainer.pretrained.PretrainedWeightsTest");
    assertThat(foreign).isNotEqualTo(json);
    assertThat(load(changed(saved, "configuration.json", foreign.getBytes(StandardCharsets.UTF_8))))
        .isEqualTo("WEIGHTS_UNSUPPORTED");
    assertThat(load(changed(saved, "configuration.json", "{}".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo("WEIGHTS_UNREADABLE");
    byte[] coefficients;
    try (ZipFile zip = new ZipFile(saved.toFile())) {
      coefficients = zip.getInputStream(zip.getEntry("coefficients.bin")).readAllBytes();
    }
    assertThat(load(changed(saved, "coefficients.bin", Arrays.copyOf(coefficients, 70))))
        .isEqualTo("WEIGHTS_UNREADABLE");
    coefficients[22] = 0x7F; // the length of the shape
    assertThat(load(changed(saved, "coefficients.bin", coefficients)))
        .isEqualTo("WEIGHTS_UNREADABLE");
  }

  /** The code that a network is refused with. */
  private static String load(Path file) {
    var spec =
        new ModelSpec(
            "unet",
            new InputShape(List.of(1, 16, 16)),
            2,
            "cross-entropy",
            Map.of("depth", 2, "width", 4),
            1);
    try {
      PretrainedWeights.load(
          file.toUri().toString(),
          new Configuration(),
          spec,
          ModelRegistry.configuration(spec),
          FloatBuffer.allocate(1 << 20));
      return "loaded";
    } catch (SinterException e) {
      return e.code();
    }
  }

  private Path changed(Path file, String name, byte[] content) throws IOException {
    Path result = folder.resolve("changed.zip");
    try (ZipFile zip = new ZipFile(file.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(result))) {
      for (ZipEntry entry : zip.stream().filter(e -> !e.getName().equals(name)).toList()) {
        out.putNextEntry(new ZipEntry(entry.getName()));
        out.write(zip.getInputStream(entry).readAllBytes());
      }
      out.putNextEntry(new ZipEntry(name));
      out.write(content);
    }
    return result;
  }

  @Test
  void remoteFilesAreNamedAsTheUserNamesThem() throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.workers.impl", WorkersFileSystem.class.getName());
    Path file = Files.write(folder.resolve("weights.pt"), new byte[100]);
    String uri = "workers://" + file;
    assertThatThrownBy(() -> PretrainedWeights.withLocal(uri, hadoop, WeightFiles::read))
        .isInstanceOf(SinterException.class)
        .hasMessageStartingWith(uri + " cannot be read");

    Files.createDirectories(folder.resolve("many/inner"));
    assertThatThrownBy(
            () ->
                PretrainedWeights.withLocal(
                    "workers://" + folder.resolve("many"), hadoop, WeightFiles::read))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("it is a folder");
  }
}
