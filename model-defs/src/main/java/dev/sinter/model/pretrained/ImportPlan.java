package dev.sinter.model.pretrained;

import dev.sinter.error.SinterException;
import dev.sinter.model.ParameterTensor;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * What a weight file gives to a network. Names and shapes fit: a plan is carried out whole, unless
 * the values themselves turn out to be damaged.
 */
public final class ImportPlan {
  private final List<Step> steps;
  private final ImportReport report;

  /** A tensor of the network and what it gets. */
  record Step(ParameterTensor tensor, TensorForm form, WeightTensor weights) {}

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
      float[] values = values(step.weights());
      if (values.length != step.form().length()) {
        values = FirstConvolution.adapted(values, step.weights().shape(), step.form());
      }
      parameters.put(Math.toIntExact(step.tensor().offset()), step.form().toFlat(values));
    }
  }

  private float[] values(WeightTensor weights) {
    try {
      return weights.floats();
    } catch (SinterException e) {
      throw e;
    } catch (RuntimeException e) { // each format's reader has failures of its own
      throw WeightFile.unreadable(
          report.source(), "the values of \"" + weights.name() + "\" are damaged: " + e, e);
    }
  }
}
