package dev.sinter.trainer.cli;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.VerificationReport;
import dev.sinter.trainer.run.Console;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A verification for people. */
final class VerificationLines {
  private final Console console;

  VerificationLines(Console console) {
    this.console = console;
  }

  void print(VerificationReport report) {
    VerificationReport.Files files = report.files();
    console.line(
        "files       %,d listed (%s); %,d opened, %,d known and unchanged, %,d would be taken",
        files.listed(), size(files.bytes()), files.opened(), files.unchanged(), files.taken());
    if (!report.rejected().isEmpty()) {
      console.line("not taken   %s", counts(report.rejected()));
      report
          .examples()
          .forEach(e -> console.line("            %s  %s: %s", e.path(), e.code(), e.message()));
    }
    sources(report.sources());
    if (!report.labels().classes().isEmpty()) {
      console.line("classes     %s", counts(report.labels().classes()));
    }
    if (!report.labels().maskValues().isEmpty()) {
      console.line(
          "mask values %s (value: masks that hold it)", counts(report.labels().maskValues()));
    }
    VerificationReport.Duplicates copies = report.duplicates();
    console.line(
        "duplicates  %,d byte for byte, %,d pixel for pixel; %,d of these across given splits,"
            + " %,d with another label or mask",
        copies.exact(), copies.pixelIdentical(), copies.acrossGivenSplits(), copies.conflicting());
    VerificationReport.Patients patients = report.patients();
    console.line(
        "patients    %,d; at most %,d files of one; %,d in several given splits",
        patients.patients(), patients.mostSources(), patients.acrossGivenSplits());
    plan(report);
    report.problems().forEach(p -> console.line("problem     %s: %s", p.code(), p.message()));
  }

  private void sources(VerificationReport.Sources sources) {
    console.line(
        "sources     %,d images, %,d volumes, %,d samples; %,d constant, %,d with burned-in text",
        sources.images(),
        sources.volumes(),
        sources.samples(),
        sources.constant(),
        sources.burnedIn());
    console.line(
        "shapes      %s%s",
        sources.shapes().stream()
            .map(s -> String.format(Locale.ROOT, "%s: %,d", s.what(), s.count()))
            .collect(Collectors.joining("; ")),
        sources.differentShapes() > sources.shapes().size()
            ? String.format(
                Locale.ROOT, "; %,d more", sources.differentShapes() - sources.shapes().size())
            : "");
    if (!sources.spacing().isEmpty()) {
      console.line(
          "spacing     %s mm (rows, columns, slices)",
          sources.spacing().stream()
              .map(
                  r ->
                      r.min() == r.max()
                          ? String.format(Locale.ROOT, "%.3g", r.min())
                          : String.format(Locale.ROOT, "%.3g to %.3g", r.min(), r.max()))
              .collect(Collectors.joining(" x ")));
    }
  }

  private void plan(VerificationReport report) {
    for (String name : List.of("train", "val", "test")) {
      DatasetManifest.SplitSummary split = report.splits().get(name);
      if (split != null) {
        console.line(
            "%-11s %,d samples of %,d patients: %s",
            name, split.samples(), split.patients(), counts(split.classes()));
      }
    }
    if (report.preparation() != null) {
      console.line(
          "would write %,d shards of %d x %d x %d",
          report.shards(),
          report.preparation().channels(),
          report.preparation().height(),
          report.preparation().width());
    }
  }

  private static String counts(Map<?, Long> counts) {
    return counts.entrySet().stream()
        .map(e -> String.format(Locale.ROOT, "%s %,d", e.getKey(), e.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String size(long bytes) {
    return bytes < 10_000_000
        ? String.format(Locale.ROOT, "%,d bytes", bytes)
        : String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
  }
}
