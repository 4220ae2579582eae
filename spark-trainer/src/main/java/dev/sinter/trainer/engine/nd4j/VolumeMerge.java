package dev.sinter.trainer.engine.nd4j;

import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** DL4J's merge, with the backward pass of volumes (n, c, d, h, w) that it lacks. */
final class VolumeMerge extends MergeVertex {
  private static final long serialVersionUID = 1;
  private static final int VOLUME_RANK = 5;

  VolumeMerge(MergeVertex merge) {
    setMergeAxis(merge.getMergeAxis());
  }

  @Override
  public GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initializes,
      DataType type) {
    return new Merging(graph, name, index, type, getMergeAxis());
  }

  @SuppressWarnings("overrides") // DL4J's own superclass has arrays where its interface has varargs
  private static final class Merging extends org.deeplearning4j.nn.graph.vertex.impl.MergeVertex {
    private static final long serialVersionUID = 1;

    Merging(ComputationGraph graph, String name, int index, DataType type, int axis) {
      super(graph, name, index, type, axis);
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
      if (epsilon.rank() != VOLUME_RANK) {
        return super.doBackward(truncated, workspaces);
      }
      INDArray[] parts = new INDArray[inputs.length];
      long from = 0;
      for (int i = 0; i < inputs.length; i++) {
        long to = from + inputs[i].size(1);
        INDArray part = epsilon.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to));
        parts[i] = workspaces.dup(ArrayType.ACTIVATION_GRAD, part, 'c');
        from = to;
      }
      return new Pair<>(null, parts);
    }
  }
}
