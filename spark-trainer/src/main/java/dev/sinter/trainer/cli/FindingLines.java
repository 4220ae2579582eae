package dev.sinter.trainer.cli;

import dev.sinter.trainer.doctor.Diagnosis;
import dev.sinter.trainer.doctor.Finding;
import dev.sinter.trainer.doctor.Outcome;
import dev.sinter.trainer.run.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Findings for people: a line each, on a terminal wrapped under where its text begins. */
final class FindingLines {
  private static final String MARGIN = String.format("  %-7s  %-20s  ", "", "");
  private static final int LEAST_TEXT = 30;

  private final Console console;
  private final int columns = Integer.getInteger("sinter.terminal.columns", 0);

  FindingLines(Console console) {
    this.console = console;
  }

  void print(Finding finding) {
    String head =
        String.format(Locale.ROOT, "  %-7s  %-20s  ", finding.outcome().key(), finding.check());
    String text = finding.found() + (finding.setting().isEmpty() ? "" : " -> " + finding.setting());
    List<String> lines = wrap(text, columns - MARGIN.length());
    for (int i = 0; i < lines.size(); i++) {
      console.line("%s%s", i == 0 ? head : MARGIN, lines.get(i));
    }
  }

  void printEnd(Diagnosis diagnosis) {
    console.line(
        "%n%s, %s, %d ok",
        plural(diagnosis.count(Outcome.FAILURE), "failure"),
        plural(diagnosis.count(Outcome.WARNING), "warning"),
        diagnosis.count(Outcome.OK));
  }

  private static String plural(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  /** Whole where the width is not known or too small to read. */
  static List<String> wrap(String text, int width) {
    String flat = text.replaceAll("\\s*\\R\\s*", " ");
    if (width < LEAST_TEXT) {
      return List.of(flat);
    }
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : flat.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
