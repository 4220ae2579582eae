package dev.sinter.trainer.report;

/**
 * Time spent in one phase of the run.
 *
 * @param name such as {@code training}
 * @param seconds wall time
 */
public record PhaseTiming(String name, double seconds) {}
