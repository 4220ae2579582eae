package dev.sinter.trainer.engine;

import dev.sinter.model.ModelSpec;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Small networks made by hand, for the tests of the engines. */
public final class TestNetworks {
  public static final int CLASSES = 4;

  private TestNetworks() {}

  /** Adds vertices behind one vertex and gives the last. */
  @FunctionalInterface
  public interface Block {
    String add(GraphBuilder graph, String input);
  }

  public static ModelSpec spec(String name, int channels, int height, int width) {
    return new ModelSpec(name, channels, height, width, CLASSES, "cross-entropy", Map.of(), 1);
  }

  public static GraphBuilder builder() {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .activation(Activation.IDENTITY)
        .convolutionMode(ConvolutionMode.Truncate)
        .graphBuilder()
        .addInputs("input");
  }

  public static Network network(ModelSpec spec, GraphBuilder graph, String output) {
    graph.setOutputs(output);
    graph.setInputTypes(InputType.convolutional(spec.height(), spec.width(), spec.channels()));
    return Network.of(spec, graph.build());
  }

  /** A stem, the block, global pooling and an output layer, for 2 x 9 x 11 images. */
  public static Network around(Block block) {
    GraphBuilder graph = builder();
    graph.addLayer("stem", convolution(3, 5, 1, 0), "input");
    String last = block.add(graph, "stem");
    graph.addLayer("pool", globalAverage(), last);
    graph.addLayer("output", output(), "pool");
    return network(spec("around", 2, 9, 11), graph, "output");
  }

  /** Stem with max pooling, a basic and two bottleneck blocks, projections, a dense layer. */
  public static Network resNet() {
    GraphBuilder graph = builder();
    String stem = normalised(graph, "stem", "input", 5, 8, 2, true);
    graph.addLayer("stem-pool", maxPool(3, 2, 1), stem);
    String last = basicBlock(graph, "stage1-block1", "stem-pool", 8, 1, false);
    last = basicBlock(graph, "stage2-block1", last, 12, 2, true);
    last = bottleneck(graph, "stage3-block1", last, 4, 2, true);
    last = bottleneck(graph, "stage3-block2", last, 4, 1, false);
    graph.addLayer("pool", globalAverage(), last);
    graph.addLayer(
        "fc", new DenseLayer.Builder().nOut(10).activation(Activation.TANH).build(), "pool");
    graph.addLayer("output", output(), "fc");
    return network(spec("test-resnet", 3, 33, 29), graph, "output");
  }

  /** Two levels, deconvolution, skip by concatenation, one label per pixel. */
  public static Network uNet(ILossFunction loss) {
    GraphBuilder graph = builder();
    String enc1 = normalised(graph, "encoder1", "input", 3, 6, 1, true);
    graph.addLayer("pool1", maxPool(2, 2, 0), enc1);
    String enc2 = normalised(graph, "encoder2", "pool1", 3, 10, 1, true);
    graph.addLayer(
        "up", new Deconvolution2D.Builder().kernelSize(2, 2).stride(2, 2).nOut(6).build(), enc2);
    graph.addVertex("skip", new MergeVertex(), enc1, "up");
    String dec = normalised(graph, "decoder1", "skip", 3, 6, 1, true);
    graph.addLayer("logits", convolution(1, CLASSES, 1, 0), dec);
    graph.addLayer(
        "output", new CnnLossLayer.Builder(loss).activation(Activation.SOFTMAX).build(), "logits");
    return network(spec("test-unet", 1, 12, 8), graph, "output");
  }

  public static Network uNet() {
    return uNet(new LossMCXENT());
  }

  public static ConvolutionLayer convolution(int kernel, int out, int stride, int padding) {
    return new ConvolutionLayer.Builder()
        .kernelSize(kernel, kernel)
        .stride(stride, stride)
        .padding(padding, padding)
        .nOut(out)
        .build();
  }

  public static BatchNormalization batchNorm() {
    return new BatchNormalization.Builder().useLogStd(false).build();
  }

  public static GlobalPoolingLayer globalAverage() {
    return new GlobalPoolingLayer.Builder(PoolingType.AVG).build();
  }

  public static OutputLayer output() {
    return output(new LossMCXENT());
  }

  public static OutputLayer output(ILossFunction loss) {
    return new OutputLayer.Builder(loss).nOut(CLASSES).activation(Activation.SOFTMAX).build();
  }

  private static SubsamplingLayer maxPool(int kernel, int stride, int padding) {
    return new SubsamplingLayer.Builder(PoolingType.MAX)
        .kernelSize(kernel, kernel)
        .stride(stride, stride)
        .padding(padding, padding)
        .build();
  }

  private static String normalised(
      GraphBuilder graph,
      String name,
      String input,
      int kernel,
      int out,
      int stride,
      boolean relu) {
    ConvolutionLayer convolution =
        new ConvolutionLayer.Builder()
            .kernelSize(kernel, kernel)
            .stride(stride, stride)
            .padding(kernel / 2, kernel / 2)
            .nOut(out)
            .hasBias(false)
            .build();
    graph.addLayer(name + "-conv", convolution, input);
    graph.addLayer(name + "-bn", batchNorm(), name + "-conv");
    return relu ? relu(graph, name + "-relu", name + "-bn") : name + "-bn";
  }

  private static String relu(GraphBuilder graph, String name, String input) {
    graph.addLayer(name, new ActivationLayer.Builder().activation(Activation.RELU).build(), input);
    return name;
  }

  private static String add(GraphBuilder graph, String name, String branch, String shortcut) {
    graph.addVertex(
        name + "-add", new ElementWiseVertex(ElementWiseVertex.Op.Add), branch, shortcut);
    return relu(graph, name + "-relu", name + "-add");
  }

  private static String basicBlock(
      GraphBuilder graph, String name, String input, int out, int stride, boolean projects) {
    String first = normalised(graph, name + "-1", input, 3, out, stride, true);
    String second = normalised(graph, name + "-2", first, 3, out, 1, false);
    return add(graph, name, second, shortcut(graph, name, input, out, stride, projects));
  }

  private static String bottleneck(
      GraphBuilder graph, String name, String input, int width, int stride, boolean projects) {
    int out = width * 4;
    String first = normalised(graph, name + "-1", input, 1, width, 1, true);
    String second = normalised(graph, name + "-2", first, 3, width, stride, true);
    String third = normalised(graph, name + "-3", second, 1, out, 1, false);
    return add(graph, name, third, shortcut(graph, name, input, out, stride, projects));
  }

  private static String shortcut(
      GraphBuilder graph, String name, String input, int out, int stride, boolean projects) {
    return projects ? normalised(graph, name + "-projection", input, 1, out, stride, false) : input;
  }
}
