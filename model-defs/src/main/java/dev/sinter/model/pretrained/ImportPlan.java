package dev.sinter.model.pretrained;

import dev.sinter.error.SinterException;
import dev.sinter.model.ParameterTensor;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a weight file gives to a network. Names and shapes fit: a plan is carried out whole, unless
 * the values themselves turn out to be damaged.
 */
public final class ImportPlan {
  private final List<Step> steps;
  private final ImportReport report;

  /**
   * A tensor of the network and what it gets.
   *
   * @param values writes into the tensor's part of the flat vector
   */
  record Step(ParameterTensor tensor, Consumer<FloatBuffer> values) {}

  ImportPlan(List<Step> steps, ImportReport report) {
    this.steps = List.copyOf(steps);
    this.report = report;
  }

  /** What is loaded, adapted, left as it was, and not used. */
  public ImportReport report() {
    return report;
  }

  /**
   * Writes the weights.
   *
   * @param parameters the whole flat vector, from its first element on; what the file does not have
   *     keeps its value
   * @throws dev.sinter.error.SinterException {@code WEIGHTS_UNREADABLE} when values cannot be read;
   *     the vector then holds a part of them and is of no use
   */
  public void writeTo(FloatBuffer parameters) {
    for (Step step : steps) {
      write(step, part(parameters, step.tensor()));
    }
  }

  static FloatBuffer part(FloatBuffer parameters, ParameterTensor tensor) {
    return parameters.slice(Math.toIntExact(tensor.offset()), Math.toIntExact(tensor.length()));
  }

  private void write(Step step, FloatBuffer flat) {
    try {
      step.values().accept(flat);
    } catch (SinterException e) {
      throw e;
    } catch (RuntimeException e) { // each format's reader has failures of its own
      throw WeightFile.unreadable(
          report.source(), "the values for \"" + step.tensor().name() + "\" are damaged: " + e, e);
    }
  }
}
