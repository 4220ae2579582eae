package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

class WeightedLossTest {
  private static final IActivation SOFTMAX = new ActivationSoftmax();

  private final ILossFunction plain = new LossMCXENT();
  private final ILossFunction weighted = new WeightedLoss(plain, 0.3);
  private final INDArray labels = Nd4j.createFromArray(new double[][] {{1, 0, 0}, {0, 0, 1}});
  private final INDArray logits =
      Nd4j.createFromArray(new double[][] {{0.2, 0.5, -1}, {0.1, 2, 0.3}});

  @Test
  void multipliesScoresAndGradient() {
    double score = plain.computeScore(labels, logits.dup(), SOFTMAX, null, true);
    assertThat(weighted.computeScore(labels, logits.dup(), SOFTMAX, null, true))
        .isCloseTo(0.3 * score, within(1e-12));
    assertThat(weighted.computeScoreArray(labels, logits.dup(), SOFTMAX, null))
        .isEqualTo(plain.computeScoreArray(labels, logits.dup(), SOFTMAX, null).mul(0.3));
    INDArray gradient = plain.computeGradient(labels, logits.dup(), SOFTMAX, null).mul(0.3);
    assertThat(weighted.computeGradient(labels, logits.dup(), SOFTMAX, null)).isEqualTo(gradient);
    var both = weighted.computeGradientAndScore(labels, logits.dup(), SOFTMAX, null, true);
    assertThat(both.getFirst()).isCloseTo(0.3 * score, within(1e-12));
    assertThat(both.getSecond()).isEqualTo(gradient);
  }

  @Test
  void takesPositiveWeightsOnly() {
    assertThatThrownBy(() -> new WeightedLoss(plain, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weight is 0.0, not positive");
  }

  @Test
  void travelsWithTheConfiguration() {
    ComputationGraphConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .graphBuilder()
            .addInputs("input")
            .addLayer("output", new OutputLayer.Builder(weighted).nOut(3).build(), "input")
            .setOutputs("output")
            .setInputTypes(InputType.feedForward(4))
            .build();
    ComputationGraphConfiguration read =
        ComputationGraphConfiguration.fromJson(configuration.toJson());
    assertThat(read).isEqualTo(configuration).hasSameHashCodeAs(configuration);
    assertThat(read.toJson()).isEqualTo(configuration.toJson());
    assertThat(read.toJson()).contains(WeightedLoss.class.getName());
    assertThat(new WeightedLoss(plain, 0.3)).isEqualTo(weighted);
    assertThat(new WeightedLoss(plain, 0.4)).isNotEqualTo(weighted);
  }
}
