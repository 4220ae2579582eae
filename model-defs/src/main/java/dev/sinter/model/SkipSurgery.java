package dev.sinter.model;

import dev.sinter.error.SinterException;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Adds skip connections to any network.
 *
 * <p>What is new starts so that the network computes what it did: an aligned skip that is added
 * ends in weights of zero, and the layers behind a concatenation have weights of zero for what is
 * new. Only a skip that is added as it is ({@link Skip.Align#NONE}) changes the function at once.
 */
public final class SkipSurgery {
  private SkipSurgery() {}

  /**
   * The configuration with skips, one after the other: a later one may begin where an earlier one
   * joined. The original stays as it is.
   *
   * @param input shape of a sample
   * @throws SinterException {@code SKIP_VERTEX_UNKNOWN}, {@code SKIP_AT_OUTPUT}, {@code
   *     SKIP_MAKES_CYCLE}, {@code SKIP_DUPLICATE}, {@code SKIP_SHAPES_DIFFER} or {@code
   *     SKIP_NOT_REFITTABLE}
   */
  public static ComputationGraphConfiguration add(
      ComputationGraphConfiguration original, InputShape input, List<Skip> skips) {
    return add(original, input.inputType(), skips);
  }

  static ComputationGraphConfiguration add(
      ComputationGraphConfiguration original, InputType input, List<Skip> skips) {
    if (skips.isEmpty()) {
      return original;
    }
    SkipInsertion insertion = new SkipInsertion(original.clone(), input);
    skips.forEach(insertion::insert);
    return insertion.finish();
  }

  /**
   * A network with skips and the weights of the original, which stays as it is. State of an updater
   * is not taken over.
   *
   * @param input shape of a sample
   * @throws SinterException as {@link #add(ComputationGraphConfiguration, InputShape, List)}
   */
  public static ComputationGraph add(
      ComputationGraph original, InputShape input, List<Skip> skips) {
    ComputationGraph widened =
        new ComputationGraph(add(original.getConfiguration().clone(), input, skips));
    widened.init();
    copyWeights(original, widened);
    return widened;
  }

  /**
   * Gives a network the weights of the one that it was made from: what only it has stays as it is.
   *
   * @param from without the skips
   * @param to with them
   */
  public static void copyWeights(ComputationGraph from, ComputationGraph to) {
    WeightCopies.copy(from, to);
  }
}
