package dev.sinter.trainer.engine.nd4j;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.engine.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Turns DL4J's pseudo-gradients of running statistics, {@code (1 - decay) * (running - batch)} with
 * a biased variance, into the batch's mean and unbiased variance.
 */
final class BatchStatistics {
  private static final double FROZEN = 1;

  private final ComputationGraphConfiguration configuration;
  private final List<Statistic> statistics;

  private BatchStatistics(ComputationGraphConfiguration configuration, List<Statistic> statistics) {
    this.configuration = configuration;
    this.statistics = statistics;
  }

  /**
   * One running statistic.
   *
   * @param tensor where it lies
   * @param decay what DL4J keeps of it; 1 in a frozen layer, whose statistics stay what they are
   */
  private record Statistic(ParameterTensor tensor, double decay) {}

  /**
   * The statistics of a network.
   *
   * @param fixed batch normalisations that keep to their running statistics
   */
  static BatchStatistics of(
      ParameterLayout layout, ComputationGraphConfiguration configuration, Set<String> fixed) {
    List<Statistic> statistics = new ArrayList<>();
    for (ParameterTensor tensor : layout.tensors()) {
      if (tensor.role() == ParameterTensor.Role.TRAINABLE) {
        continue;
      }
      LayerVertex vertex = (LayerVertex) configuration.getVertices().get(tensor.vertex());
      if (fixed.contains(tensor.vertex())
          || !(vertex.getLayerConf().getLayer() instanceof BatchNormalization layer)) {
        statistics.add(new Statistic(tensor, FROZEN));
        continue;
      }
      if (layer.isUseLogStd() || layer.getDecay() == 1.0) {
        throw new SinterException(
            ErrorCategory.USAGE,
            "LAYER_NOT_SUPPORTED",
            "vertex "
                + tensor.vertex()
                + ": batch normalisation with useLogStd "
                + layer.isUseLogStd()
                + " and decay "
                + layer.getDecay()
                + " does not show its batch statistics",
            "build the layer with useLogStd(false) and a decay below 1");
      }
      statistics.add(new Statistic(tensor, layer.getDecay()));
    }
    // A copy, since asking for shapes may add preprocessors.
    return new BatchStatistics(configuration.clone(), List.copyOf(statistics));
  }

  /**
   * Overwrites the statistics' positions.
   *
   * @param running the parameter vector
   * @param pseudo DL4J's gradient vector
   * @param batch the micro-batch
   * @param gradient receives the statistics
   */
  void replacePseudoGradients(INDArray running, INDArray pseudo, Batch batch, INDArray gradient) {
    if (statistics.isEmpty()) {
      return;
    }
    Map<String, InputType> types =
        configuration.getLayerActivationTypes(true, false, inputType(batch.sampleShape()));
    for (Statistic statistic : statistics) {
      ParameterTensor tensor = statistic.tensor();
      if (statistic.decay() == FROZEN) {
        slice(gradient, tensor).assign(slice(running, tensor));
        continue;
      }
      INDArray difference = slice(pseudo, tensor).div(1 - statistic.decay());
      INDArray ofBatch = slice(running, tensor).sub(difference);
      if (tensor.role() == ParameterTensor.Role.RUNNING_VARIANCE) {
        // Normalisation keeps the shape: what comes out is what went in.
        double rows =
            (double) batch.samples()
                * types.get(tensor.vertex()).arrayElementsPerExample()
                / tensor.length();
        ofBatch.muli(rows / (rows - 1));
      }
      slice(gradient, tensor).assign(ofBatch);
    }
  }

  private static InputType inputType(List<Integer> shape) {
    int channels = shape.get(0);
    return switch (shape.size()) {
      case 1 -> InputType.feedForward(channels);
      case 2 -> InputType.recurrent(channels, shape.get(1));
      case 3 -> InputType.convolutional(shape.get(1), shape.get(2), channels);
      case 4 ->
          InputType.convolutional3D(
              Convolution3D.DataFormat.NCDHW, shape.get(1), shape.get(2), shape.get(3), channels);
      default -> throw new IllegalArgumentException("samples of shape " + shape);
    };
  }

  private static INDArray slice(INDArray vector, ParameterTensor tensor) {
    return vector.get(NDArrayIndex.interval(tensor.offset(), tensor.offset() + tensor.length()));
  }
}
