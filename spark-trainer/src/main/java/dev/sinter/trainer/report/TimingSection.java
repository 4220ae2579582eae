package dev.sinter.trainer.report;

import java.util.List;

/**
 * Where the time went.
 *
 * @param phases of the run, in order; they do not overlap
 * @param step the mean training step
 */
public record TimingSection(List<PhaseTiming> phases, Step step) {

  /**
   * The mean training step of a worker.
   *
   * @param steps number of steps that were measured
   * @param parts where a step's time goes, such as compute, wait and transfer
   * @param bytesSent per worker and step
   */
  public record Step(long steps, List<PhaseTiming> parts, long bytesSent) {
    /** Copies the list. */
    public Step {
      parts = List.copyOf(parts);
    }
  }

  /** Copies the list. */
  public TimingSection {
    phases = List.copyOf(phases);
  }
}
