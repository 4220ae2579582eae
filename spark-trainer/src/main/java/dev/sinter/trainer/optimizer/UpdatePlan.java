package dev.sinter.trainer.optimizer;

import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.engine.Network;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;

/**
 * What a step does to every range of the flat vector.
 *
 * <p>Tensors of two or more dimensions decay, all others (biases, scales and shifts of
 * normalisation) do not.
 */
public final class UpdatePlan {
  /** Floats per block: slices begin, and norms are summed, at multiples of it. */
  public static final int BLOCK = 4096;

  /** DL4J's own default of {@code BatchNormalization.decay}. */
  static final double DEFAULT_STATISTIC_DECAY = 0.9;

  private final long length;
  private final List<Segment> tensors;

  /**
   * A range within one block and one tensor.
   *
   * @param offset first float in the flat vector
   * @param length number of floats, at most {@link #BLOCK}
   * @param treatment what happens to it
   * @param statisticDecay share of the old value that a running statistic keeps in a step
   * @param tensor position of the tensor in the layout
   * @param pace how its updates follow the schedule
   */
  public record Segment(
      long offset, long length, Treatment treatment, float statisticDecay, int tensor, Pace pace) {}

  /**
   * A range of the flat vector without anything frozen.
   *
   * @param offset its first float in the flat vector
   * @param start its first float in the vector that the moving ranges make up
   * @param length number of floats
   */
  public record Range(long offset, long start, int length) {}

  private UpdatePlan(long length, List<Segment> tensors) {
    this.length = length;
    this.tensors = tensors;
  }

  /** The plan of a network with nothing frozen. */
  public static UpdatePlan of(Network network) {
    return of(network, tensor -> false);
  }

  /** The plan of a network of which some tensors are frozen; running statistics can be, too. */
  public static UpdatePlan of(Network network, Predicate<ParameterTensor> frozen) {
    return of(network, frozen, tensor -> Pace.OF_SCHEDULE);
  }

  /** The same with a pace for each tensor. */
  public static UpdatePlan of(
      Network network, Predicate<ParameterTensor> frozen, Function<ParameterTensor, Pace> pace) {
    ComputationGraphConfiguration configuration = network.configuration();
    return of(
        network.layout(), frozen, tensor -> statisticDecay(configuration, tensor.vertex()), pace);
  }

  /** The plan of a layout, with the decay of each running statistic. */
  static UpdatePlan of(
      ParameterLayout layout,
      Predicate<ParameterTensor> frozen,
      ToDoubleFunction<ParameterTensor> statisticDecay) {
    return of(layout, frozen, statisticDecay, tensor -> Pace.OF_SCHEDULE);
  }

  private static UpdatePlan of(
      ParameterLayout layout,
      Predicate<ParameterTensor> frozen,
      ToDoubleFunction<ParameterTensor> statisticDecay,
      Function<ParameterTensor, Pace> pace) {
    List<Segment> tensors = new ArrayList<>();
    for (ParameterTensor tensor : layout.tensors()) {
      Treatment treatment = frozen.test(tensor) ? Treatment.FROZEN : treatment(tensor);
      float decay =
          treatment == Treatment.RUNNING_STATISTIC
              ? (float) statisticDecay.applyAsDouble(tensor)
              : 0;
      tensors.add(
          new Segment(
              tensor.offset(),
              tensor.length(),
              treatment,
              decay,
              tensors.size(),
              pace.apply(tensor)));
    }
    return new UpdatePlan(layout.length(), List.copyOf(tensors));
  }

  /** The plan of a layout without its configuration: DL4J's default decay for every statistic. */
  public static UpdatePlan of(ParameterLayout layout) {
    return of(layout, tensor -> false, tensor -> DEFAULT_STATISTIC_DECAY);
  }

  /** The same with some tensors frozen. */
  public static UpdatePlan of(ParameterLayout layout, Predicate<ParameterTensor> frozen) {
    return of(layout, frozen, tensor -> DEFAULT_STATISTIC_DECAY);
  }

  /** Length of the flat vector. */
  public long length() {
    return length;
  }

  /** The longest ranges without anything frozen, ascending. */
  public List<Range> moving() {
    List<Range> ranges = new ArrayList<>();
    long start = 0;
    for (Segment tensor : tensors) {
      if (tensor.treatment() == Treatment.FROZEN || tensor.length() == 0) {
        continue;
      }
      int last = ranges.size() - 1;
      if (last >= 0 && ranges.get(last).offset() + ranges.get(last).length() == tensor.offset()) {
        Range before = ranges.get(last);
        int length = Math.toIntExact(before.length() + tensor.length());
        ranges.set(last, new Range(before.offset(), before.start(), length));
      } else {
        ranges.add(new Range(tensor.offset(), start, Math.toIntExact(tensor.length())));
      }
      start += tensor.length();
    }
    return ranges;
  }

  /** The plan of the moving ranges alone, one after the other. */
  public UpdatePlan ofMoving() {
    List<Segment> moving = new ArrayList<>();
    long at = 0;
    for (Segment tensor : tensors) {
      if (tensor.treatment() != Treatment.FROZEN) {
        moving.add(
            new Segment(
                at,
                tensor.length(),
                tensor.treatment(),
                tensor.statisticDecay(),
                moving.size(),
                tensor.pace()));
        at += tensor.length();
      }
    }
    return new UpdatePlan(at, List.copyOf(moving));
  }

  /** The paces of what the optimizer updates. */
  Set<Pace> paces() {
    Set<Pace> paces = new LinkedHashSet<>();
    for (Segment tensor : tensors) {
      if (tensor.treatment().trainable()) {
        paces.add(tensor.pace());
      }
    }
    return paces;
  }

  /** Number of tensors. */
  public int tensors() {
    return tensors.size();
  }

  /** The segments of {@code [from, to)}, ascending, none across a block or a tensor. */
  public List<Segment> segments(long from, long to) {
    List<Segment> segments = new ArrayList<>();
    for (Segment tensor : tensors) {
      long at = Math.max(from, tensor.offset());
      long end = Math.min(to, tensor.offset() + tensor.length());
      while (at < end) {
        long next = Math.min(end, (at / BLOCK + 1) * BLOCK);
        segments.add(
            new Segment(
                at,
                next - at,
                tensor.treatment(),
                tensor.statisticDecay(),
                tensor.tensor(),
                tensor.pace()));
        at = next;
      }
    }
    return segments;
  }

  private static Treatment treatment(ParameterTensor tensor) {
    if (tensor.role() != ParameterTensor.Role.TRAINABLE) {
      return Treatment.RUNNING_STATISTIC;
    }
    return tensor.shape().length > 1 ? Treatment.DECAYED : Treatment.UNDECAYED;
  }

  private static double statisticDecay(ComputationGraphConfiguration configuration, String vertex) {
    return configuration.getVertices().get(vertex) instanceof LayerVertex layer
            && layer.getLayerConf().getLayer() instanceof BatchNormalization norm
        ? norm.getDecay()
        : DEFAULT_STATISTIC_DECAY;
  }
}
