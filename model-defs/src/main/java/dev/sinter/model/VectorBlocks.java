package dev.sinter.model;

import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.nd4j.linalg.activations.Activation;

/** Dense layers, activations and dropout, each a vertex of its own. */
final class VectorBlocks {
  private VectorBlocks() {}

  /**
   * Dense layer with bias and without activation: {@code [N, C] -> [N, outputs]}. Images are
   * flattened, channel by channel and row by row.
   *
   * @param bias what the bias starts at
   */
  static String dense(
      NetworkGraph graph,
      String name,
      String input,
      int outputs,
      IWeightInit weights,
      double bias) {
    return graph.layer(
        name,
        new DenseLayer.Builder().nOut(outputs).weightInit(weights).biasInit(bias).build(),
        input);
  }

  /**
   * The same with torch's initial weights, uniform in plus or minus {@code 1 / sqrt(inputs)}, and
   * biases of 0: {@code [N, inputs] -> [N, outputs]}.
   */
  static String dense(NetworkGraph graph, String name, String input, int inputs, int outputs) {
    return dense(graph, name, input, outputs, uniform(inputs), 0);
  }

  /** Uniform in plus or minus {@code 1 / sqrt(inputs)}, as torch's linear layer starts. */
  static IWeightInit uniform(int inputs) {
    double bound = 1.0 / Math.sqrt(inputs);
    return new WeightInitDistribution(new UniformDistribution(-bound, bound));
  }

  /** An activation; keeps the shape. */
  static String activation(NetworkGraph graph, String name, String input, Activation activation) {
    return graph.layer(name, new ActivationLayer(activation), input);
  }

  /**
   * Drops values in training and enlarges the rest accordingly; keeps the shape. No vertex where
   * nothing is dropped.
   */
  static String dropout(NetworkGraph graph, String name, String input, double dropped) {
    double retained = 1 - dropped;
    return dropped == 0 ? input : graph.layer(name, new DropoutLayer(retained), input);
  }
}
