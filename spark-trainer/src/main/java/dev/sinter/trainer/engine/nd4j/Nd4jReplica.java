package dev.sinter.trainer.engine.nd4j;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.Replica;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One network on DL4J's {@code ComputationGraph}, whose parameters are the shared vector. */
final class Nd4jReplica implements Replica {
  private final ComputationGraph graph;
  private final DataType type;
  private final BatchStatistics statistics;
  private final int classes;
  private final int outputs;

  Nd4jReplica(Network network, FlatVector parameters) {
    this.type = SharedArrays.typeOf(parameters);
    ComputationGraphConfiguration configuration = network.configuration();
    // Memory that is used again every step: fresh pages cost more than many an operation.
    WorkspaceMode workspaces =
        hasFrozen(configuration) ? WorkspaceMode.NONE : WorkspaceMode.ENABLED;
    configuration.setTrainingWorkspaceMode(workspaces);
    configuration.setInferenceWorkspaceMode(workspaces);
    configuration.setDataType(type);
    this.classes = network.spec().classes();
    this.outputs = configuration.getNetworkOutputs().size();
    OperationLayers.exchange(configuration, network.frozen().normalisations());
    this.graph = new ComputationGraph(configuration);
    graph.init(SharedArrays.over(parameters), false);
    this.statistics =
        BatchStatistics.of(network.layout(), configuration, network.frozen().normalisations());
  }

  /** DL4J's frozen normalisation reads what its workspace has already given to others. */
  private static boolean hasFrozen(ComputationGraphConfiguration configuration) {
    return configuration.getVertices().values().stream()
        .anyMatch(
            vertex ->
                vertex instanceof LayerVertex layer
                    && (layer.getLayerConf().getLayer() instanceof FrozenLayer
                        || layer.getLayerConf().getLayer() instanceof FrozenLayerWithBackprop));
  }

  @Override
  public float computeGradient(Batch batch, long dropoutSeed, FlatVector gradient) {
    Nd4j.getRandom().setSeed(dropoutSeed);
    int positions = batch.labelsPerSample();
    INDArray[] labels = new INDArray[outputs];
    Arrays.fill(labels, oneHot(batch, positions));
    INDArray input = inputOf(batch);
    graph.setInputs(input);
    graph.setLabels(labels);
    graph.computeGradientAndScore();

    long rows = (long) batch.samples() * positions;
    INDArray sums = graph.getGradientsViewArray();
    INDArray sumsVector = sums.reshape(sums.length());
    INDArray means = SharedArrays.over(gradient).reshape(gradient.length());
    means.assign(sumsVector);
    means.divi(rows);
    statistics.replacePseudoGradients(graph.params(), sumsVector, batch, means);
    double regularisation = graph.calcRegularizationScore(true);
    // DL4J's score is per sample, also where each position is a row.
    double loss = (graph.score() - regularisation) * batch.samples() / rows;
    graph.clear();
    graph.clearLayersStates();
    // A small heap is collected too seldom for what lies outside it.
    input.close();
    labels[0].close();
    return (float) loss;
  }

  @Override
  public void predict(Batch batch, FloatBuffer probabilities) {
    INDArray input = inputOf(batch);
    INDArray[] results = graph.output(false, input);
    INDArray floats = results[0].castTo(DataType.FLOAT);
    INDArray result = floats.dup('c');
    int length = Math.toIntExact(result.length());
    probabilities.put(0, result.data().asNioFloat(), 0, length);
    graph.clear();
    // As above. Closing twice, where nothing was cast, does nothing.
    input.close();
    Arrays.stream(results).forEach(INDArray::close);
    floats.close();
    result.close();
  }

  private INDArray inputOf(Batch batch) {
    float[] values = new float[batch.inputs().capacity()];
    batch.inputs().duplicate().clear().get(values);
    return Nd4j.create(values, batch.inputShape(), 'c').castTo(type);
  }

  private INDArray oneHot(Batch batch, int positions) {
    float[] values = new float[batch.samples() * classes * positions];
    IntBuffer labels = batch.labels();
    for (int i = 0; i < batch.samples() * positions; i++) {
      int label = labels.get(i);
      if (label < 0 || label >= classes) {
        throw new SinterException(
            ErrorCategory.DATA,
            "LABEL_OUT_OF_RANGE",
            "label " + label + " is not a class of the network: it has " + classes,
            "compare the classes of the dataset (its dataset.json) with those of the model");
      }
      values[(i / positions * classes + label) * positions + i % positions] = 1;
    }
    long[] shape =
        LongStream.concat(
                LongStream.of(batch.samples(), classes),
                batch.labelShape().stream().mapToLong(Integer::longValue))
            .toArray();
    return Nd4j.create(values, shape, 'c').castTo(type);
  }

  @Override
  public void close() {
    // The arrays over the caller's vectors hold no memory of their own; the rest is collected.
    graph.clear();
    graph.clearLayersStates();
    // Of other replicas of this thread as well: they make theirs again.
    Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
  }
}
