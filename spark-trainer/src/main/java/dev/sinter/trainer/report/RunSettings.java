package dev.sinter.trainer.report;

import java.util.List;

/**
 * What is needed to do the run again.
 *
 * @param configuration the effective YAML
 * @param environment versions, workers, lanes, engine, precision, CPU and the like, in order
 * @param checkpoint location of the best checkpoint
 * @param command that trains the same again
 */
public record RunSettings(
    String configuration, List<Fact> environment, String checkpoint, String command) {

  /**
   * One named value.
   *
   * @param name such as {@code Spark}
   * @param value such as {@code 3.5.5}
   */
  public record Fact(String name, String value) {}

  /** Copies the list. */
  public RunSettings {
    environment = List.copyOf(environment);
  }
}
