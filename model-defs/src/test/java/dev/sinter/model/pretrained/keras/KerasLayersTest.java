package dev.sinter.model.pretrained.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.GenericNetwork;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Layer by layer what Keras' documentation says that they compute, written out as loops. */
class KerasLayersTest {
  @TempDir private Path folder;

  private final KerasModelWriter keras = new KerasModelWriter();
  private final Random random = new Random(5);

  @Test
  void averagesOverSequences() {
    String x = keras.input(6, 2);
    x = keras.layer("AveragePooling1D", "\"pool_size\": [2], \"strides\": [2]", Map.of(), x);
    float[][] steps = matrix(6, 2);
    INDArray output = output(x, sequence(steps));
    assertThat(output.shape()).containsExactly(1, 2, 3);
    for (int step = 0; step < 3; step++) {
      for (int c = 0; c < 2; c++) {
        float expected = (steps[2 * step][c] + steps[2 * step + 1][c]) / 2;
        assertThat(output.getFloat(0, c, step)).isCloseTo(expected, within(1e-6f));
      }
    }
  }

  @Test
  void repeatsPadsAndCropsSequences() {
    String x = keras.input(3, 2);
    x = keras.layer("UpSampling1D", "\"size\": 2", Map.of(), x);
    x = keras.layer("ZeroPadding1D", "\"padding\": [1, 2]", Map.of(), x);
    x = keras.layer("Cropping1D", "\"cropping\": [2, 1]", Map.of(), x);
    float[][] steps = matrix(3, 2);
    INDArray output = output(x, sequence(steps));
    assertThat(output.shape()).containsExactly(1, 2, 6);
    for (int c = 0; c < 2; c++) {
      float[] expected = {steps[0][c], steps[1][c], steps[1][c], steps[2][c], steps[2][c], 0};
      for (int step = 0; step < expected.length; step++) {
        assertThat(output.getFloat(0, c, step)).isEqualTo(expected[step]);
      }
    }
  }

  /** Every channel by itself with two kernels each, then a mix of all. */
  @Test
  void separatesConvolutions() {
    float[][][][] depthwise = {matrices(2, 3, 2), matrices(2, 3, 2)}; // height, width, in, times
    float[][] pointwise = matrix(6, 4);
    float[] bias = matrix(1, 4)[0];
    String x = keras.input(3, 4, 3);
    x =
        keras.layer(
            "SeparableConv2D",
            "\"filters\": 4, \"kernel_size\": [2, 2], \"strides\": [1, 1], \"padding\": \"valid\","
                + " \"depth_multiplier\": 2, \"use_bias\": true, \"activation\": \"linear\"",
            Map.of(
                "depthwise_kernel",
                depthwise,
                "pointwise_kernel",
                new float[][][][] {{pointwise}},
                "bias",
                bias),
            x);
    float[][][] image = matrices(3, 4, 3); // rows, columns, channels
    INDArray output = output(x, image(image));
    assertThat(output.shape()).containsExactly(1, 4, 2, 3);
    for (int row = 0; row < 2; row++) {
      for (int column = 0; column < 3; column++) {
        for (int out = 0; out < 4; out++) {
          float sum = bias[out];
          for (int in = 0; in < 3; in++) {
            for (int times = 0; times < 2; times++) {
              float inner = 0;
              for (int i = 0; i < 4; i++) {
                inner +=
                    image[row + i / 2][column + i % 2][in] * depthwise[i / 2][i % 2][in][times];
              }
              sum += inner * pointwise[in * 2 + times][out];
            }
          }
          assertThat(output.getFloat(0, out, row, column)).isCloseTo(sum, within(1e-5f));
        }
      }
    }
  }

  /** A flattened volume, whose channels Keras has last. */
  @Test
  void convolvesVolumes() {
    float[][][][][] kernel = {{{matrix(2, 3), matrix(2, 3)}}}; // 1 x 1 x 2 positions, in, out
    float[][] dense = matrix(2 * 1 * 1 * 3, 2);
    String x = keras.input(4, 2, 3, 2);
    x =
        keras.layer(
            "Conv3D",
            "\"filters\": 3, \"kernel_size\": [1, 1, 2], \"strides\": [1, 1, 1],"
                + " \"padding\": \"valid\", \"use_bias\": false, \"activation\": \"relu\"",
            Map.of("kernel", kernel),
            x);
    x = keras.layer("MaxPooling3D", "\"pool_size\": [2, 2, 2]", Map.of(), x);
    x = keras.layer("Flatten", "", Map.of(), x);
    x = keras.layer("Dense", "\"units\": 2, \"use_bias\": false", Map.of("kernel", dense), x);
    float[][][][] volume = {
      matrices(2, 3, 2), matrices(2, 3, 2), matrices(2, 3, 2), matrices(2, 3, 2)
    };
    float[] expected = new float[2];
    for (int slice = 0; slice < 2; slice++) {
      for (int out = 0; out < 3; out++) {
        float largest = 0; // of rectified values
        for (int i = 0; i < 8; i++) {
          float sum = 0;
          for (int in = 0; in < 2; in++) {
            for (int k = 0; k < 2; k++) {
              sum += volume[2 * slice + i / 4][i / 2 % 2][i % 2 + k][in] * kernel[0][0][k][in][out];
            }
          }
          largest = Math.max(largest, sum);
        }
        for (int unit = 0; unit < 2; unit++) {
          expected[unit] += largest * dense[slice * 3 + out][unit];
        }
      }
    }
    INDArray input = Nd4j.zeros(1, 2, 4, 2, 3);
    for (int d = 0; d < 4; d++) {
      for (int h = 0; h < 2; h++) {
        for (int w = 0; w < 3; w++) {
          for (int c = 0; c < 2; c++) {
            input.putScalar(new int[] {0, c, d, h, w}, volume[d][h][w][c]);
          }
        }
      }
    }
    assertThat(output(x, input).dup('c').data().asFloat()).containsExactly(expected, within(1e-5f));
  }

  /** Two layers, the first of which gives all steps. */
  @ParameterizedTest
  @CsvSource({"sigmoid, true", "hard_sigmoid, true", "sigmoid, false"})
  void remembersSequences(String gates, boolean bias) {
    String x = keras.input(5, 3);
    float[][][] one = lstm(3, 4);
    float[][][] two = lstm(4, 2);
    x = keras.layer("LSTM", config(4, gates, bias, true), weights(one, bias), x);
    x = keras.layer("LSTM", config(2, gates, bias, false), weights(two, bias), x);
    float[][] steps = matrix(5, 3);
    float[][] inner = states(steps, one, 4, gates, bias);
    float[][] outer = states(inner, two, 2, gates, bias);
    INDArray output = output(x, sequence(steps));
    assertThat(output.shape()).containsExactly(1, 2);
    assertThat(output.dup('c').data().asFloat()).containsExactly(outer[4], within(1e-5f));
  }

  /** Kernel, recurrent kernel, bias. */
  private float[][][] lstm(int inputs, int units) {
    return new float[][][] {
      matrix(inputs, 4 * units), matrix(units, 4 * units), matrix(1, 4 * units)
    };
  }

  private static Map<String, Object> weights(float[][][] lstm, boolean bias) {
    return bias
        ? Map.of("kernel", lstm[0], "recurrent_kernel", lstm[1], "bias", lstm[2][0])
        : Map.of("kernel", lstm[0], "recurrent_kernel", lstm[1]);
  }

  private static String config(int units, String gates, boolean bias, boolean sequences) {
    return """
        "units": %d, "activation": "tanh", "recurrent_activation": "%s", "use_bias": %s,
        "return_sequences": %s, "return_state": false, "go_backwards": false, "stateful": false
        """
        .formatted(units, gates, bias, sequences);
  }

  /** Gates in Keras' order: input, forget, candidate, output. */
  private static float[][] states(
      float[][] steps, float[][][] lstm, int units, String gates, boolean bias) {
    float[][] states = new float[steps.length][];
    double[] cell = new double[units];
    float[] before = new float[units];
    for (int step = 0; step < steps.length; step++) {
      double[] sums = new double[4 * units];
      for (int column = 0; column < sums.length; column++) {
        sums[column] = bias ? lstm[2][0][column] : 0;
        for (int in = 0; in < steps[step].length; in++) {
          sums[column] += steps[step][in] * lstm[0][in][column];
        }
        for (int unit = 0; unit < units; unit++) {
          sums[column] += before[unit] * lstm[1][unit][column];
        }
      }
      states[step] = new float[units];
      for (int unit = 0; unit < units; unit++) {
        cell[unit] =
            gate(gates, sums[units + unit]) * cell[unit]
                + gate(gates, sums[unit]) * Math.tanh(sums[2 * units + unit]);
        states[step][unit] = (float) (gate(gates, sums[3 * units + unit]) * Math.tanh(cell[unit]));
      }
      before = states[step];
    }
    return states;
  }

  private static double gate(String name, double x) {
    return name.equals("sigmoid")
        ? 1 / (1 + Math.exp(-x))
        : Math.max(0, Math.min(1, 0.2 * x + 0.5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GRU",
        "SimpleRNN",
        "ConvLSTM2D",
        "TimeDistributed",
        "Conv3DTranspose",
        "LocallyConnected2D",
        "LayerNormalization",
        "Embedding",
        "Lambda",
        "Reshape",
        "Permute",
        "RepeatVector",
        "MultiHeadAttention",
        "Dot",
        "PReLU",
        "ThresholdedReLU"
      })
  void refusesOtherLayersByName(String type) {
    refused(keras.layer(type, "", Map.of(), keras.input(4, 2)), type);
  }

  /** It has two kernels, of which the file's reader knows no use. */
  @Test
  void refusesBidirectionalLayersByName() {
    Map<String, Object> two =
        Map.of("forward_lstm/kernel", matrix(2, 4), "backward_lstm/kernel", matrix(2, 4));
    refused(keras.layer("Bidirectional", "", two, keras.input(4, 2)), "Bidirectional");
  }

  @ParameterizedTest
  @ValueSource(strings = {"return_state", "go_backwards", "stateful"})
  void refusesOtherLstmsByName(String setting) {
    String config =
        config(1, "sigmoid", true, false).replace(setting + "\": false", setting + "\": true");
    refused(keras.layer("LSTM", config, weights(lstm(2, 1), true), keras.input(4, 2)), setting);
  }

  private void refused(String output, String why) {
    Path file = folder.resolve("refused.h5");
    keras.save(output, file);
    assertThatThrownBy(() -> KerasNetwork.read(file))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo("LAYER_NOT_IMPORTED");
              assertThat(e.getMessage()).contains(output + " (").contains(why);
              assertThat(e.remedy()).contains("--model");
            });
  }

  private INDArray output(String end, INDArray input) {
    Path file = folder.resolve("a.h5");
    keras.save(end, file);
    GenericNetwork read = KerasNetwork.read(file);
    ComputationGraph network =
        new ComputationGraph(ComputationGraphConfiguration.fromJson(read.configuration().toJson()));
    network.init();
    if (read.parameters().length > 0) {
      network.setParams(Nd4j.createFromArray(read.parameters()).reshape(1, -1));
    }
    return network.outputSingle(input);
  }

  private static INDArray sequence(float[][] steps) {
    return Nd4j.createFromArray(new float[][][] {steps}).permute(0, 2, 1).dup('c');
  }

  private static INDArray image(float[][][] rows) {
    return Nd4j.createFromArray(new float[][][][] {rows}).permute(0, 3, 1, 2).dup('c');
  }

  private float[][] matrix(int rows, int columns) {
    float[][] matrix = new float[rows][columns];
    for (float[] row : matrix) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return matrix;
  }

  private float[][][] matrices(int count, int rows, int columns) {
    float[][][] matrices = new float[count][][];
    for (int i = 0; i < count; i++) {
      matrices[i] = matrix(rows, columns);
    }
    return matrices;
  }
}
