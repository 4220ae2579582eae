package dev.sinter.model.pretrained;

import dev.sinter.error.SinterException;
import dev.sinter.model.ParameterTensor;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.Supplier;

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
   * @param flat its first values in the flat vector; those behind them stay
   */
  record Step(ParameterTensor tensor, Supplier<float[]> flat) {}

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
      parameters.put(Math.toIntExact(step.tensor().offset()), values(step));
    }
  }

  private float[] values(Step step) {
    try {
      return step.flat().get();
    } catch (SinterException e) {
      throw e;
    } catch (RuntimeException e) { // each format's reader has failures of its own
      throw WeightFile.unreadable(
          report.source(), "the values for \"" + step.tensor().name() + "\" are damaged: " + e, e);
    }
  }
}
