package dev.sinter.trainer.engine.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.RandomState;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What DL4J's graph computes, in float64.
 *
 * @param score with regularisation
 * @param gradient DL4J's flat one: sums, and pseudo-gradients of running statistics
 * @param prediction in evaluation mode
 */
record GraphResult(double score, INDArray gradient, INDArray prediction) {
  /** A true gradient of zero comes out as rounding noise; it is compared with the whole. */
  private static final double ZERO_SHARE = 1e-3;

  static GraphResult ofDl4j(Network network, int samples, FlatVector.Precision precision) {
    return of(network.configuration(), network, samples, precision);
  }

  static GraphResult ofOperations(Network network, int samples, FlatVector.Precision precision) {
    ComputationGraphConfiguration configuration = network.configuration();
    OperationLayers.exchange(configuration, Set.of());
    return of(configuration, network, samples, precision);
  }

  private static GraphResult of(
      ComputationGraphConfiguration configuration,
      Network network,
      int samples,
      FlatVector.Precision precision) {
    try (FlatVector parameters = RandomState.parameters(network, precision, 5)) {
      DataType type = SharedArrays.typeOf(parameters);
      configuration.setDataType(type);
      ComputationGraph graph = new ComputationGraph(configuration);
      graph.init(SharedArrays.over(parameters), false);
      INDArray input = input(network, samples).castTo(type);
      Nd4j.getRandom().setSeed(11);
      graph.setInputs(input);
      graph.setLabels(labels(graph, input).castTo(type));
      graph.computeGradientAndScore();
      INDArray flat = graph.getGradientsViewArray();
      INDArray gradient = flat.reshape(flat.length()).castTo(DataType.DOUBLE).dup();
      INDArray prediction = graph.outputSingle(false, input).castTo(DataType.DOUBLE).dup('c');
      return new GraphResult(graph.score(), gradient, prediction);
    }
  }

  private static INDArray input(Network network, int samples) {
    var spec = network.spec();
    long[] shape = {samples, spec.channels(), spec.height(), spec.width()};
    float[] values = new float[Math.toIntExact(Nd4j.createUninitialized(shape).length())];
    RandomState.batch(network, samples, 7).inputs().get(0, values);
    return Nd4j.create(values, shape, 'c');
  }

  /** The first class everywhere is label enough. */
  private static INDArray labels(ComputationGraph graph, INDArray input) {
    INDArray labels = Nd4j.zeros(DataType.DOUBLE, graph.outputSingle(false, input).shape());
    labels.get(NDArrayIndex.all(), NDArrayIndex.point(0)).assign(1);
    return labels;
  }

  void assertCloseTo(GraphResult expected, ParameterLayout layout, double tolerance) {
    assertThat(Math.abs(score - expected.score) / expected.score).isLessThan(tolerance);
    assertThat(distance(prediction, expected.prediction)).as("prediction").isLessThan(tolerance);
    double floor = ZERO_SHARE * expected.gradient.norm2Number().doubleValue();
    for (ParameterTensor tensor : layout.tensors()) {
      var range = NDArrayIndex.interval(tensor.offset(), tensor.offset() + tensor.length());
      INDArray wanted = expected.gradient.get(range);
      INDArray difference = gradient.get(range).sub(wanted);
      double size = Math.max(floor, wanted.norm2Number().doubleValue());
      assertThat(difference.norm2Number().doubleValue() / size)
          .as("relative error of %s", tensor.name())
          .isLessThan(tolerance);
    }
  }

  private static double distance(INDArray actual, INDArray expected) {
    return actual.sub(expected).norm2Number().doubleValue() / expected.norm2Number().doubleValue();
  }
}
