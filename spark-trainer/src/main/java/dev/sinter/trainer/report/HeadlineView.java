package dev.sinter.trainer.report;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

/** The head of the page: which run this is, and its result in large numbers. */
final class HeadlineView {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private HeadlineView() {}

  static void write(MarkupWriter out, ReportContent content) {
    RunIdentity run = content.identity();
    out.open("header");
    out.element("p", "Sinter training report", "class", "eyebrow");
    out.element("h1", run.run());
    out.open("p", "class", "lead");
    out.element("strong", run.model()).text(" · " + run.task().key() + " · " + run.dataset());
    out.close("p");
    String origin = "Finished " + DATE.format(run.finished()) + " · Sinter " + run.version();
    out.element("p", origin, "class", "note");
    out.open("div", "class", "tiles");
    writeResult(out, content);
    tile(out, "Duration", Numbers.duration(run.durationSeconds()), "whole run");
    tile(out, "Throughput", Numbers.rate(run.imagesPerSecond()), "images per second, training");
    out.close("div");
    if (content.evaluation() instanceof NoEvaluation none) {
      out.element("p", "No test result: " + none.reason(), "class", "note");
    }
    out.close("header");
  }

  private static void writeResult(MarkupWriter out, ReportContent content) {
    if (content.evaluation() instanceof ClassificationSection result) {
      long total = Arrays.stream(result.confusion()).flatMapToLong(Arrays::stream).sum();
      result(out, "Accuracy", Numbers.percent(result.accuracy()), interval(result, total));
      result(out, "AUROC", Numbers.decimal(result.auroc(), 3), "macro, one class vs rest");
      String recall = Numbers.percent(result.balancedAccuracy());
      tile(out, "Balanced accuracy", recall, "mean recall of the classes");
    } else if (content.evaluation() instanceof SegmentationSection result) {
      String over = result.overlaps().size() == 1 ? "" : "mean of the classes, ";
      String note = over + Numbers.grouped(result.volumes().size()) + " test volumes";
      result(out, "Dice", Numbers.decimal(result.meanDice(), 3), note);
      if (result.overlaps().size() > 1) {
        result.overlaps().stream()
            .limit(4)
            .forEach(one -> tile(out, one.name(), Numbers.decimal(one.dice(), 3), "Dice"));
      }
    }
  }

  /** Wilson's 95 % interval of the accuracy. */
  private static String interval(ClassificationSection result, long total) {
    String images = Numbers.grouped(total) + " test images";
    if (total == 0 || !Double.isFinite(result.accuracy())) {
      return images;
    }
    double z = 1.96;
    double share = result.accuracy();
    double scale = 1 + z * z / total;
    double center = (share + z * z / (2.0 * total)) / scale;
    double half =
        z * Math.sqrt(share * (1 - share) / total + z * z / (4.0 * total * total)) / scale;
    return "95%% interval %s to %s, %s"
        .formatted(
            Numbers.decimal((center - half) * 100, 1),
            Numbers.decimal((center + half) * 100, 1),
            images);
  }

  private static void result(MarkupWriter out, String name, String value, String note) {
    tile(out, "tile result", name, value, note);
  }

  private static void tile(MarkupWriter out, String name, String value, String note) {
    tile(out, "tile", name, value, note);
  }

  private static void tile(MarkupWriter out, String style, String name, String value, String note) {
    out.open("div", "class", style);
    out.element("p", name, "class", "label");
    out.element("p", value, "class", "value");
    out.element("p", note, "class", "note");
    out.close("div");
  }
}
