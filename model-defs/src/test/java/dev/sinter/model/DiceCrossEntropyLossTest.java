package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class DiceCrossEntropyLossTest {
  private static final ActivationSoftmax SOFTMAX = new ActivationSoftmax();
  private final DiceCrossEntropyLoss loss = new DiceCrossEntropyLoss();

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void isTheMeanLossTimesTheRows(int classes) {
    double[][] scores = scores(9, classes);
    double expected = meanLoss(scores);
    INDArray preOutput = Nd4j.createFromArray(scores);
    INDArray labels = labels(9, classes);
    assertThat(loss.computeScore(labels, preOutput, SOFTMAX, null, true))
        .isCloseTo(expected, within(1e-12));
    assertThat(loss.computeScore(labels, preOutput, SOFTMAX, null, false))
        .isCloseTo(9 * expected, within(1e-11));
    assertThat(loss.computeScoreArray(labels, preOutput, SOFTMAX, null).sumNumber().doubleValue())
        .isCloseTo(9 * expected, within(1e-11));
    assertThat(preOutput).isEqualTo(Nd4j.createFromArray(scores));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void gradientMatchesFiniteDifferences(int classes) {
    double[][] scores = scores(9, classes);
    INDArray gradient =
        loss.computeGradient(labels(9, classes), Nd4j.createFromArray(scores), SOFTMAX, null);
    double step = 1e-5;
    for (int row = 0; row < 9; row++) {
      for (int column = 0; column < classes; column++) {
        double value = scores[row][column];
        scores[row][column] = value + step;
        double above = meanLoss(scores);
        scores[row][column] = value - step;
        double below = meanLoss(scores);
        scores[row][column] = value;
        assertThat(gradient.getDouble(row, column))
            .isCloseTo(9 * (above - below) / (2 * step), within(1e-8));
      }
    }
  }

  @Test
  void isZeroForAPerfectPrediction() {
    INDArray labels = labels(9, 3);
    assertThat(loss.computeScore(labels, labels.mul(100), SOFTMAX, null, true))
        .isCloseTo(0, within(1e-9));
  }

  @Test
  void staysFiniteForExtremeScores() {
    INDArray labels = labels(9, 3).castTo(DataType.FLOAT);
    INDArray wrong = labels.mul(-1e4f);
    assertThat(loss.computeScore(labels, wrong, SOFTMAX, null, true)).isFinite();
    assertThat(loss.computeGradient(labels, wrong, SOFTMAX, null).isNaN().any()).isFalse();
  }

  @Test
  void rejectsOtherActivationsAndMasks() {
    INDArray labels = labels(9, 3);
    assertThatThrownBy(() -> loss.computeScore(labels, labels, new ActivationSigmoid(), null, true))
        .hasMessageContaining("needs softmax");
    assertThatThrownBy(() -> loss.computeScore(labels, labels, SOFTMAX, labels, true))
        .hasMessage("masks are not supported");
  }

  @Test
  void travelsWithTheConfiguration() {
    ModelSpec spec =
        new ModelSpec("unet", 1, 8, 8, 3, "dice-cross-entropy", Map.of("depth", 1, "width", 2), 1);
    ComputationGraphConfiguration configuration = ModelRegistry.configuration(spec);
    String json = configuration.toJson();
    assertThat(json).contains(DiceCrossEntropyLoss.class.getName());
    ComputationGraphConfiguration read = ComputationGraphConfiguration.fromJson(json);
    assertThat(read).isEqualTo(configuration).hasSameHashCodeAs(configuration);
    assertThat(read.toJson()).isEqualTo(json);
  }

  /** DL4J divides the score by the images and not by the pixels. */
  @Test
  void isSummedOverPixelsByTheLossLayer() {
    Map<String, Object> options = Map.of("depth", 1, "width", 2, "norm", "none");
    ModelSpec spec = new ModelSpec("unet", 1, 4, 4, 2, "dice-cross-entropy", options, 1);
    ComputationGraph graph = new ComputationGraph(ModelRegistry.configuration(spec));
    graph.init();
    INDArray input = Nd4j.randn(DataType.FLOAT, 3, 1, 4, 4);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, 3, 2, 4, 4);
    for (int pixel = 0; pixel < 48; pixel++) {
      int label = pixel % 3 == 0 ? 1 : 0;
      labels.putScalar(new int[] {pixel / 16, label, pixel / 4 % 4, pixel % 4}, 1);
    }
    double expected = 16 * meanLossOfProbabilities(rows(graph.outputSingle(input)), rows(labels));
    graph.setInputs(input);
    graph.setLabels(labels);
    graph.computeGradientAndScore();
    assertThat(graph.score()).isCloseTo(expected, within(1e-4));
  }

  private static double[][] rows(INDArray nchw) {
    INDArray nhwc = nchw.castTo(DataType.DOUBLE).permute(0, 2, 3, 1).dup('c');
    return nhwc.reshape('c', nhwc.length() / nhwc.size(3), nhwc.size(3)).toDoubleMatrix();
  }

  private static double[][] scores(int rows, int classes) {
    double[][] scores = new double[rows][classes];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < classes; column++) {
        scores[row][column] = 2 * Math.sin(1 + 3 * row + 5 * column);
      }
    }
    return scores;
  }

  private static INDArray labels(int rows, int classes) {
    return Nd4j.createFromArray(labelRows(rows, classes));
  }

  private static double[][] labelRows(int rows, int classes) {
    double[][] labels = new double[rows][classes];
    for (int row = 0; row < rows; row++) {
      labels[row][row * row % classes] = 1;
    }
    return labels;
  }

  /** The definition, written out slowly. */
  private static double meanLoss(double[][] scores) {
    double[][] p = new double[scores.length][];
    for (int row = 0; row < p.length; row++) {
      p[row] = new double[scores[row].length];
      double sum = 0;
      for (double score : scores[row]) {
        sum += Math.exp(score);
      }
      for (int column = 0; column < p[row].length; column++) {
        p[row][column] = Math.exp(scores[row][column]) / sum;
      }
    }
    return meanLossOfProbabilities(p, labelRows(p.length, p[0].length));
  }

  private static double meanLossOfProbabilities(double[][] p, double[][] y) {
    int classes = p[0].length;
    double crossEntropy = 0;
    double dice = 0;
    for (int column = 0; column < classes; column++) {
      double intersection = 0;
      double total = 0;
      for (int row = 0; row < p.length; row++) {
        crossEntropy -= y[row][column] * Math.log(p[row][column]) / p.length;
        intersection += y[row][column] * p[row][column];
        total += y[row][column] + p[row][column];
      }
      if (column > 0) {
        dice += (2 * intersection + 1e-5) / (total + 1e-5) / (classes - 1);
      }
    }
    return crossEntropy + 1 - dice;
  }
}
