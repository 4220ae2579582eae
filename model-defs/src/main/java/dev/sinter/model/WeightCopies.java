package dev.sinter.model;

import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Copies weights by vertex and key, into the first rows and columns of larger tensors. */
final class WeightCopies {
  private WeightCopies() {}

  static void copy(ComputationGraph from, ComputationGraph to) {
    for (Layer layer : from.getLayers()) {
      Layer target = to.getLayer(layer.conf().getLayer().getLayerName());
      Map<String, INDArray> tensors = layer.paramTable();
      tensors.forEach((key, tensor) -> firstOf(target.getParam(key), tensor).assign(tensor));
    }
  }

  private static INDArray firstOf(INDArray target, INDArray like) {
    INDArrayIndex[] first = new INDArrayIndex[target.rank()];
    for (int axis = 0; axis < first.length; axis++) {
      first[axis] = NDArrayIndex.interval(0, like.size(axis));
    }
    return target.get(first);
  }
}
