package dev.sinter.trainer.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.config.RunConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * What a doctor said.
 *
 * @param diagnosis all of it
 */
record Findings(Diagnosis diagnosis) {
  static Findings of(SparkSession spark, Optional<RunConfig> run) {
    List<Finding> told = new ArrayList<>();
    Diagnosis diagnosis = new Doctor(spark, run).examine(told::add);
    assertThat(told).isEqualTo(diagnosis.findings());
    return new Findings(diagnosis);
  }

  /** The lines of a check. */
  List<Finding> of(String check) {
    return diagnosis.findings().stream().filter(it -> it.check().equals(check)).toList();
  }

  /** Names of the checks that came out so. */
  List<String> named(Outcome outcome) {
    return diagnosis.findings().stream()
        .filter(it -> it.outcome() == outcome)
        .map(Finding::check)
        .toList();
  }

  /** A check's line, with what it says and what is to be set. */
  void assertLine(String check, Outcome outcome, String found, String setting) {
    assertThat(of(check))
        .as(diagnosis.toString())
        .anySatisfy(
            it -> {
              assertThat(it.outcome()).isEqualTo(outcome);
              assertThat(it.found()).contains(found);
              assertThat(it.setting()).contains(setting);
            });
  }
}
