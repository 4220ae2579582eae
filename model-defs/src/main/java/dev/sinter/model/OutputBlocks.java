package dev.sinter.model;

import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.weights.IWeightInit;
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
    return classifier(graph, name, input, classes, VectorBlocks.uniform(inputs), loss);
  }

  /** The same with other initial weights. */
  static String classifier(
      NetworkGraph graph,
      String name,
      String input,
      int classes,
      IWeightInit weights,
      ILossFunction loss) {
    String output = graph.layer(name, classScores(classes, weights, loss), input);
    graph.output(output);
    return output;
  }

  /**
   * As {@link #classifier}, for an auxiliary output: one that adds {@code share} times its own loss
   * in training and has no part in predictions.
   */
  static String auxiliaryClassifier(
      NetworkGraph graph,
      String name,
      String input,
      int classes,
      IWeightInit weights,
      ILossFunction loss,
      double share) {
    String output =
        graph.layer(name, classScores(classes, weights, new WeightedLoss(loss, share)), input);
    graph.auxiliaryOutput(output);
    return output;
  }

  private static OutputLayer classScores(int classes, IWeightInit weights, ILossFunction loss) {
    return new OutputLayer.Builder(loss)
        .nOut(classes)
        .activation(Activation.SOFTMAX)
        .weightInit(weights)
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
