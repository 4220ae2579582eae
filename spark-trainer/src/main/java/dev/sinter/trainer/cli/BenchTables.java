package dev.sinter.trainer.cli;

import dev.sinter.trainer.bench.StepBenchmark.Ratio;
import dev.sinter.trainer.bench.StepBenchmark.Report;
import dev.sinter.trainer.bench.StepBenchmark.Result;
import dev.sinter.trainer.run.Console;

/** Measurements as lines for people. */
final class BenchTables {
  private BenchTables() {}

  static void print(Console console, Report report) {
    console.line("");
    console.line(
        "%-12s %5s %6s %-16s %-9s %7s %10s %12s",
        "model", "size", "batch", "engine", "precision", "threads", "images/s", "peak memory");
    for (Result result : report.results()) {
      console.line(
          "%-12s %5d %6d %-16s %-9s %7d %10.2f %,8d MiB",
          result.model(),
          result.size(),
          result.microBatch(),
          result.engine(),
          result.precision(),
          result.threads(),
          result.imagesPerSecond(),
          result.peakMemoryBytes() >> 20);
    }
    if (report.ratios().isEmpty()) {
      return;
    }
    console.line("");
    for (Ratio ratio : report.ratios()) {
      console.line(
          "%s: sinter %s has %.2f times the images/s and %.2f times the peak memory of %s %s",
          ratio.model(),
          ratio.precision(),
          ratio.imagesPerSecond(),
          ratio.peakMemory(),
          ratio.against(),
          ratio.againstPrecision());
    }
  }
}
