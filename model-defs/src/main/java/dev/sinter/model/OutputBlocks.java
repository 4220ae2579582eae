package dev.sinter.model;

import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** The ends of networks: pooling, class scores, softmax and loss. */
final class OutputBlocks {
  private OutputBlocks() {}

  /** Mean over all pixels: {@code [N, C, H, W] -> [N, C]}. */
  static String averagePool(NetworkGraph graph, String name, String input) {
    return graph.layer(name, new GlobalPoolingLayer(PoolingType.AVG), input);
  }

  /**
   * Dense layer with softmax and loss, the network's output: {@code [N, inputs] -> [N, classes]}.
   *
   * <p>Weights start uniform in plus or minus {@code 1 / sqrt(inputs)}, as torch's linear layer
   * does. Its bias starts in the same range; DL4J knows constant biases only, so here it starts at
   * 0.
   */
  static String classifier(
      NetworkGraph graph, String name, String input, int inputs, int classes, ILossFunction loss) {
    String output = graph.layer(name, classScores(inputs, classes, loss), input);
    graph.output(output);
    return output;
  }

  /**
   * As {@link #classifier}, for an auxiliary output: one that adds {@code weight} times its own
   * loss in training and has no part in predictions.
   */
  static String auxiliaryClassifier(
      NetworkGraph graph,
      String name,
      String input,
      int inputs,
      int classes,
      ILossFunction loss,
      double weight) {
    String output =
        graph.layer(name, classScores(inputs, classes, new WeightedLoss(loss, weight)), input);
    graph.auxiliaryOutput(output);
    return output;
  }

  private static OutputLayer classScores(int inputs, int classes, ILossFunction loss) {
    double bound = 1.0 / Math.sqrt(inputs);
    return new OutputLayer.Builder(loss)
        .nIn(inputs)
        .nOut(classes)
        .activation(Activation.SOFTMAX)
        .weightInit(new UniformDistribution(-bound, bound))
        .build();
  }

  /** Softmax over the channels of every pixel or voxel, and loss; keeps the shape. */
  static Layer classPerPosition(Space space, ILossFunction loss) {
    return switch (space) {
      case IMAGE -> new CnnLossLayer.Builder(loss).activation(Activation.SOFTMAX).build();
      case VOLUME ->
          new Cnn3DLossLayer.Builder(Convolution3D.DataFormat.NCDHW)
              .lossFunction(loss)
              .activation(Activation.SOFTMAX)
              .build();
    };
  }
}
