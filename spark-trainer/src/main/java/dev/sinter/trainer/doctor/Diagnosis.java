package dev.sinter.trainer.doctor;

import dev.sinter.error.ErrorCategory;
import java.util.List;

/**
 * All that was found.
 *
 * @param findings in the order in which they were asked
 */
public record Diagnosis(List<Finding> findings) {
  /** Copies the list. */
  public Diagnosis {
    findings = List.copyOf(findings);
  }

  /** How many came out so. */
  public long count(Outcome outcome) {
    return findings.stream().filter(finding -> finding.outcome() == outcome).count();
  }

  /** 0 without failures; 2 when the configuration is to be mended first, 4 when the cluster is. */
  public int exitCode() {
    return findings.stream()
        .filter(finding -> finding.outcome() == Outcome.FAILURE)
        .map(Finding::category)
        .mapToInt(ErrorCategory::exitCode)
        .min()
        .orElse(0);
  }
}
