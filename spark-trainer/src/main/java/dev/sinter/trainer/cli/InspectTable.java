package dev.sinter.trainer.cli;

import dev.sinter.dataset.DatasetManifest.SplitSummary;
import dev.sinter.trainer.inspect.Inspected;
import dev.sinter.trainer.run.Console;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@code sinter inspect} shows to people: a line per image, a block for anything else. */
final class InspectTable {
  private static final int MOST_LINES = 40;
  private static final String ROW = "%-10s %-18s %-8s %12s %12s %12s  %-4s %-20s %s";

  private final Console console;
  private boolean headed;

  InspectTable(Console console) {
    this.console = console;
  }

  void print(Inspected inspected) {
    if (inspected.error().isPresent()) {
      var error = inspected.error().get();
      console.line("error %s: %s", error.code(), error.getMessage());
      console.line("  next: %s", error.remedy());
      return;
    }
    switch (inspected.kind()) {
      case IMAGE -> printImage(inspected.path(), inspected.facts());
      case ARRAYS -> printArrays(inspected.path(), inspected.facts());
      case WEIGHTS -> printWeights(inspected.path(), inspected.facts());
      default -> printFacts(inspected.path(), inspected.facts());
    }
  }

  void printEnd(int files, int unreadable) {
    if (files > 1) {
      console.line("%d looked at, %d cannot be read", files, unreadable);
    }
  }

  private void printHead() {
    if (!headed) {
      console.line(ROW, "format", "shape", "type", "min", "max", "mean", "axes", "spacing", "path");
      headed = true;
    }
  }

  private void printImage(String path, Map<String, Object> facts) {
    printHead();
    console.line(
        ROW,
        facts.get("format"),
        shape(facts.get("shape")),
        facts.get("dtype"),
        number(facts.get("rescaled_min")),
        number(facts.get("rescaled_max")),
        number(facts.get("rescaled_mean")),
        facts.get("orientation") == null ? "-" : facts.get("orientation"),
        spacing(facts.get("spacing")),
        path);
    if (((Number) facts.get("nan_values")).longValue() > 0
        || ((Number) facts.get("infinite_values")).longValue() > 0) {
      console.line(
          "  note: %d values are NaN, %d are infinite",
          facts.get("nan_values"), facts.get("infinite_values"));
    }
    for (Object note : (List<?>) facts.get("notes")) {
      console.line("  note: %s", note);
    }
  }

  private void printArrays(String path, Map<String, Object> facts) {
    printHead();
    for (Object entry : (List<?>) facts.get("arrays")) {
      Map<?, ?> array = (Map<?, ?>) entry;
      console.line(
          ROW,
          facts.get("format"),
          shape(array.get("shape")),
          array.get("dtype"),
          number(array.get("min")),
          number(array.get("max")),
          number(array.get("mean")),
          "-",
          "-",
          path + "!" + array.get("name"));
    }
  }

  private void printWeights(String path, Map<String, Object> facts) {
    List<?> tensors = (List<?>) facts.get("tensors");
    console.line(
        "%s: %s, %d tensors, %,d values",
        path, facts.get("format"), tensors.size(), facts.get("parameters"));
    for (Object entry : tensors.subList(0, Math.min(MOST_LINES, tensors.size()))) {
      Map<?, ?> tensor = (Map<?, ?>) entry;
      console.line(
          "  %-6s %-18s %s",
          tensor.get("dtype"),
          Arrays.stream((long[]) tensor.get("shape"))
              .mapToObj(Long::toString)
              .collect(Collectors.joining("x")),
          tensor.get("name"));
    }
    if (tensors.size() > MOST_LINES) {
      console.line("  and %d more (--json lists all)", tensors.size() - MOST_LINES);
    }
  }

  private void printFacts(String path, Map<String, Object> facts) {
    console.line("%s: %s", path, facts.get("format"));
    facts.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> map
              && map.values().stream().anyMatch(SplitSummary.class::isInstance)) {
            map.forEach((name, split) -> printSplit(name, (SplitSummary) split));
          } else if (!key.equals("format") && !key.equals("manifest")) {
            console.line("  %-18s %s", key.replace('_', ' '), value);
          }
        });
  }

  private void printSplit(Object name, SplitSummary split) {
    console.line(
        "  %-18s %,d samples of %,d patients: %s",
        name,
        split.samples(),
        split.patients(),
        split.classes().entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", ")));
  }

  private static String shape(Object shape) {
    return ((List<?>) shape).stream().map(String::valueOf).collect(Collectors.joining("x"));
  }

  private static String spacing(Object spacing) {
    return spacing == null
        ? "-"
        : Arrays.stream((double[]) spacing)
            .mapToObj(
                value -> String.format(Locale.ROOT, "%.4g", value).replaceFirst("\\.?0+$", ""))
            .collect(Collectors.joining("x"));
  }

  private static String number(Object value) {
    if (!(value instanceof Number known)) {
      return String.valueOf(value); // inf, -inf
    }
    double number = known.doubleValue();
    return number == Math.rint(number) && Math.abs(number) < 1e9
        ? String.format(Locale.ROOT, "%.0f", number)
        : String.format(Locale.ROOT, "%.6g", number);
  }
}
