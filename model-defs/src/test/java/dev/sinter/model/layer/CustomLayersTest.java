package dev.sinter.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.model.LayerTable;
import dev.sinter.model.ParameterLayout;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

class CustomLayersTest {
  @TempDir Path directory;

  @Test
  void stockDl4jTrainsSavesAndLoadsThem() throws Exception {
    ComputationGraph network = new ComputationGraph(configuration(2));
    network.init();
    Nd4j.getRandom().setSeed(3);
    INDArray images = Nd4j.rand(DataType.FLOAT, 4, 3, 6, 5);
    DataSet data = new DataSet(images, Nd4j.eye(2).repeat(0, 2).castTo(DataType.FLOAT));
    double before = network.score(data);
    for (int step = 0; step < 20; step++) {
      network.fit(data);
    }
    assertThat(network.score(data)).isLessThan(before);

    File file = directory.resolve("model.zip").toFile();
    ModelSerializer.writeModel(network, file, false);
    ComputationGraph read = ModelSerializer.restoreComputationGraph(file, false);
    assertThat(read.getConfiguration().toJson()).isEqualTo(network.getConfiguration().toJson());
    assertThat(read.output(images)[0]).isEqualTo(network.output(images)[0]);
  }

  @Test
  void startsAsAPlainNormalisation() {
    ComputationGraph network = new ComputationGraph(configuration(4));
    network.init();
    INDArray normalised =
        network.feedForward(Nd4j.rand(DataType.FLOAT, 3, 3, 6, 5).mul(7), false).get("norm");
    INDArray groups = normalised.reshape('c', 3 * 4, 2 * 6 * 5);
    assertThat(groups.mean(1).amaxNumber().doubleValue()).isLessThan(1e-5);
    assertThat(groups.std(false, 1).sub(1).amaxNumber().doubleValue()).isLessThan(1e-3);
  }

  @Test
  void areKnownToLayoutAndTable() {
    ComputationGraphConfiguration configuration = configuration(2);
    ParameterLayout layout = ParameterLayout.of(configuration);
    assertThat(layout.ofVertex("conv").get(0).shape()).containsExactly(8);
    assertThat(layout.ofVertex("norm"))
        .extracting(tensor -> tensor.key())
        .containsExactly("gamma", "beta");
    LayerTable.Row row = LayerTable.of(configuration, 3, 6, 5).row("grouped");
    assertThat(row.outputShape()).isEqualTo(List.of(8L, 6L, 5L));
    assertThat(row.parameters()).isEqualTo(8 * 4 * 9 + 8);
    assertThat(row.multiplyAdds()).isEqualTo(8L * 4 * 9 * 6 * 5);
  }

  /** Torch's cells: 4 of 6 rows are 0-1, 1-2, 3-4 and 4-5; 2 of 5 columns are 0-2 and 2-4. */
  @Test
  void averagesOverlappingCells() {
    ComputationGraph network = new ComputationGraph(configuration(2));
    network.init();
    Map<String, INDArray> activations =
        network.feedForward(Nd4j.rand(DataType.FLOAT, 3, 3, 6, 5), false);
    INDArray images = activations.get("norm");
    INDArray cells = activations.get("grid");
    assertThat(cells.shape()).containsExactly(3, 8, 4, 2);
    int[] rows = {0, 1, 3, 4};
    int[] columns = {0, 2};
    for (int row = 0; row < rows.length; row++) {
      for (int column = 0; column < columns.length; column++) {
        INDArray cell =
            images.get(
                NDArrayIndex.point(2),
                NDArrayIndex.point(5),
                NDArrayIndex.interval(rows[row], rows[row] + 2),
                NDArrayIndex.interval(columns[column], columns[column] + 3));
        assertThat(cells.getDouble(2, 5, row, column))
            .isCloseTo(cell.meanNumber().doubleValue(), within(1e-5));
      }
    }
  }

  @Test
  void aGridHasCells() {
    assertThatThrownBy(() -> new AdaptiveAveragePooling2D(0, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a grid of 0x7 cells");
  }

  @Test
  void groupsHaveToDivideTheChannels() {
    assertThatThrownBy(() -> configuration(3)).hasStackTraceContaining("3 groups do not divide 8");
  }

  private static ComputationGraphConfiguration configuration(int groups) {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .updater(new Sgd(0.1))
        .activation(Activation.IDENTITY)
        .graphBuilder()
        .addInputs("input")
        .addLayer("conv", convolution(1), "input")
        .addLayer("grouped", convolution(2), "conv")
        .addLayer("norm", new GroupNormalization.Builder(groups).build(), "grouped")
        .addLayer("grid", new AdaptiveAveragePooling2D(4, 2), "norm")
        .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.MAX).build(), "grid")
        .addLayer(
            "output",
            new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build(),
            "pool")
        .setOutputs("output")
        .setInputTypes(InputType.convolutional(6, 5, 3))
        .build();
  }

  private static GroupedConvolution2D convolution(int groups) {
    return new GroupedConvolution2D.Builder(3, 3).groups(groups).nOut(8).padding(1, 1).build();
  }
}
