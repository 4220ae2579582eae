package dev.sinter.trainer.engine;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * A small network around one layer or block, and a batch for it.
 *
 * @param name shown in the test report
 * @param network the network
 * @param batch inputs and labels
 */
record LayerCase(String name, Network network, Batch batch) {
  private static final int SAMPLES = 4;

  @Override
  public String toString() {
    return name;
  }

  static TestNetworks.Block only(Layer layer) {
    return (graph, input) -> {
      graph.addLayer("layer", layer, input);
      return "layer";
    };
  }

  /** Behind a stem for 2 x 9 x 11 images, with 6 channels. */
  static LayerCase image(String name, Layer layer) {
    return image(name, only(layer));
  }

  static LayerCase image(String name, TestNetworks.Block block) {
    GraphBuilder graph = TestNetworks.builder();
    graph.addLayer("stem", TestNetworks.convolution(3, 6, 1, 1), "input");
    return ending(name, graph, block.add(graph, "stem"), List.of(2, 9, 11));
  }

  /** Behind a stem for 2 x 6 x 7 x 5 volumes, with 4 channels. */
  static LayerCase volume(String name, Layer layer) {
    return volume(name, only(layer));
  }

  static LayerCase volume(String name, TestNetworks.Block block) {
    GraphBuilder graph = TestNetworks.builder();
    graph.addLayer("stem", new Convolution3D.Builder(1, 1, 1).nOut(4).build(), "input");
    return ending(name, graph, block.add(graph, "stem"), List.of(2, 6, 7, 5));
  }

  /** Behind a stem for sequences of 7 steps with 3 channels, with 5 channels. */
  static LayerCase sequence(String name, Layer layer) {
    return sequence(name, only(layer));
  }

  static LayerCase sequence(String name, TestNetworks.Block block) {
    GraphBuilder graph = TestNetworks.builder();
    graph.addLayer("stem", new Convolution1DLayer.Builder(1).nOut(5).build(), "input");
    return ending(name, graph, block.add(graph, "stem"), List.of(3, 7));
  }

  /** Behind a stem for vectors of 5, with 6 values. */
  static LayerCase vector(String name, TestNetworks.Block block) {
    GraphBuilder graph = TestNetworks.builder();
    graph.addLayer("stem", new DenseLayer.Builder().nOut(6).build(), "input");
    String last = block.add(graph, "stem");
    graph.addLayer("output", TestNetworks.output(), last);
    return of(name, graph, List.of(5));
  }

  /** A layer that leaves one vector of each sample. */
  static LayerCase pooledImage(String name, Layer pooling) {
    GraphBuilder graph = TestNetworks.builder();
    graph.addLayer("stem", TestNetworks.convolution(3, 6, 1, 1), "input");
    return pooled(name, graph, pooling, List.of(2, 9, 11));
  }

  static LayerCase pooledVolume(String name, Layer pooling) {
    GraphBuilder graph = TestNetworks.builder();
    graph.addLayer("stem", new Convolution3D.Builder(1, 1, 1).nOut(4).build(), "input");
    return pooled(name, graph, pooling, List.of(2, 6, 7, 5));
  }

  static LayerCase pooledSequence(String name, Layer pooling) {
    GraphBuilder graph = TestNetworks.builder();
    graph.addLayer("stem", new Convolution1DLayer.Builder(1).nOut(5).build(), "input");
    return pooled(name, graph, pooling, List.of(3, 7));
  }

  private static LayerCase pooled(
      String name, GraphBuilder graph, Layer pooling, List<Integer> sampleShape) {
    graph.addVertex("scale", new ScaleVertex(0.1), "stem"); // sums grow large
    graph.addLayer("layer", pooling, "scale");
    graph.addLayer("output", TestNetworks.output(), "layer");
    return of(name, graph, sampleShape);
  }

  private static LayerCase ending(
      String name, GraphBuilder graph, String last, List<Integer> sampleShape) {
    graph.addLayer("pool", TestNetworks.globalAverage(), last);
    graph.addLayer("output", TestNetworks.output(), "pool");
    return of(name, graph, sampleShape);
  }

  /** One label per sample. */
  static LayerCase of(String name, GraphBuilder graph, List<Integer> sampleShape) {
    return of(name, graph, Batch.withLabelPerSample(SAMPLES, sampleShape));
  }

  /** One label per pixel, voxel or step. */
  static LayerCase labelled(String name, GraphBuilder graph, List<Integer> sampleShape) {
    return of(name, graph, Batch.withLabelPerPosition(SAMPLES, sampleShape));
  }

  private static LayerCase of(String name, GraphBuilder graph, Batch batch) {
    graph.setOutputs("output");
    graph.setInputTypes(inputType(batch.sampleShape()));
    Network network = Network.of(TestNetworks.spec(name, batch.channels(), 1, 1), graph.build());
    return new LayerCase(name, network, RandomState.fill(batch, TestNetworks.CLASSES, 7));
  }

  static InputType inputType(List<Integer> shape) {
    return switch (shape.size()) {
      case 1 -> InputType.feedForward(shape.get(0));
      case 2 -> InputType.recurrent(shape.get(0), shape.get(1));
      case 3 -> InputType.convolutional(shape.get(1), shape.get(2), shape.get(0));
      default ->
          InputType.convolutional3D(
              Convolution3D.DataFormat.NCDHW,
              shape.get(1),
              shape.get(2),
              shape.get(3),
              shape.get(0));
    };
  }
}
