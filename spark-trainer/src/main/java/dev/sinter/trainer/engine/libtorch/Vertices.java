package dev.sinter.trainer.engine.libtorch;

import dev.sinter.model.layer.ChannelGate;
import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;

/** Vertices that are no layers: none has parameters. */
final class Vertices {
  private Vertices() {}

  static Operation translate(LayerSite site, GraphVertex vertex) {
    Class<?> type = vertex.getClass();
    if (type == ElementWiseVertex.class) {
      return Combinations.elementWise(((ElementWiseVertex) vertex).getOp());
    }
    if (type == ChannelGate.class) {
      return new Combinations.Fold(Tensor::mul);
    }
    if (type == MergeVertex.class) {
      return new Combinations.Merge(((MergeVertex) vertex).getMergeAxis());
    }
    if (type == StackVertex.class) {
      return new Combinations.Merge(0);
    }
    if (type == DuplicateToTimeSeriesVertex.class) {
      return new Combinations.Repeat();
    }
    return ofOneInput(site, vertex).orElseThrow(() -> UnsupportedLayer.at(site.vertex(), type));
  }

  private static Optional<Unary> ofOneInput(LayerSite site, GraphVertex vertex) {
    Class<?> type = vertex.getClass();
    if (type == ScaleVertex.class) {
      double factor = ((ScaleVertex) vertex).getScaleFactor();
      return Optional.of((input, pass) -> input.mul(new Scalar(factor)));
    }
    if (type == ShiftVertex.class) {
      double shift = ((ShiftVertex) vertex).getShiftFactor();
      return Optional.of((input, pass) -> input.add(new Scalar(shift)));
    }
    if (type == SubsetVertex.class) {
      SubsetVertex subset = (SubsetVertex) vertex;
      long length = subset.getTo() - subset.getFrom() + 1L;
      return Optional.of((input, pass) -> input.narrow(1, subset.getFrom(), length));
    }
    if (type == UnstackVertex.class) {
      UnstackVertex unstack = (UnstackVertex) vertex;
      return Optional.of(
          (input, pass) -> {
            long samples = input.size(0) / unstack.getStackSize();
            return input.narrow(0, unstack.getFrom() * samples, samples);
          });
    }
    if (type == ReshapeVertex.class) {
      return Optional.of(reshape(site, (ReshapeVertex) vertex));
    }
    if (type == L2NormalizeVertex.class) {
      L2NormalizeVertex norm = (L2NormalizeVertex) vertex;
      return Optional.of(new ToUnitLength(dimensions(norm), norm.getEps()));
    }
    if (type == PreprocessorVertex.class) {
      return Optional.of(
          Preprocessors.translate(site, ((PreprocessorVertex) vertex).getPreProcessor()));
    }
    if (type == LastTimeStepVertex.class) {
      return Optional.of(Sequences.LAST_STEP);
    }
    if (type == ReverseTimeSeriesVertex.class) {
      return Optional.of((input, pass) -> input.flip(2));
    }
    return Optional.empty();
  }

  private static Unary reshape(LayerSite site, ReshapeVertex vertex) {
    if (vertex.getReshapeOrder() != 'c') {
      throw site.refusal("a reshape in order " + vertex.getReshapeOrder());
    }
    long[] shape = Arrays.stream(vertex.getNewShape()).asLongStream().toArray();
    return (input, pass) -> input.reshape(shape);
  }

  private static Optional<long[]> dimensions(L2NormalizeVertex vertex) {
    int[] dimensions = vertex.getDimension();
    return dimensions == null || dimensions.length == 0
        ? Optional.empty()
        : Optional.of(Arrays.stream(dimensions).asLongStream().toArray());
  }

  /**
   * Divides by the Euclidean norm.
   *
   * @param dimensions what it is taken over; all but the samples if empty
   * @param epsilon smallest divisor
   */
  private record ToUnitLength(Optional<long[]> dimensions, double epsilon) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      long[] over = dimensions.orElseGet(() -> LongStream.range(1, input.dim()).toArray());
      Tensor norm = input.square().sum(over, true, new ScalarTypeOptional()).sqrt();
      return input.div(norm.clamp_min(new Scalar(epsilon)));
    }
  }
}
