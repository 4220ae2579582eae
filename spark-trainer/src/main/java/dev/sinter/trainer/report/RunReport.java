package dev.sinter.trainer.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the report of a run: one HTML file that needs no script, no network and no other file.
 *
 * <p>The same content gives the same bytes, in every locale and time zone.
 */
public final class RunReport {
  private RunReport() {}

  /** Writes UTF-8; the stream stays open. */
  public static void write(ReportContent content, OutputStream out) throws IOException {
    out.write(html(content).getBytes(StandardCharsets.UTF_8));
  }

  static String html(ReportContent content) {
    MarkupWriter page = new MarkupWriter();
    page.raw("<!DOCTYPE html>\n");
    page.open("html", "lang", "en").open("head");
    page.empty("meta", "charset", "utf-8");
    page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.empty("meta", "name", "color-scheme", "content", "light dark");
    page.element("title", content.identity().run() + " – Sinter");
    page.open("style").raw("\n" + StyleSheets.CHARTS + StyleSheets.PAGE).close("style");
    page.close("head").open("body").open("main");
    HeadlineView.write(page, content);
    if (content.evaluation() instanceof ClassificationSection result) {
      ClassificationView.write(page, result);
    } else if (content.evaluation() instanceof SegmentationSection result) {
      SegmentationView.write(page, result);
    }
    writeCurves(page, content.curves());
    RunDetailsView.writeTiming(page, content.timing());
    page.open("div", "class", "columns");
    RunDetailsView.writeModel(page, content.model());
    RunDetailsView.writeData(page, content.data());
    page.close("div");
    RunDetailsView.writeSettings(page, content.settings());
    page.open("footer");
    String notice = "Written by Sinter. For research; not a medical device.";
    page.element("p", notice, "class", "note");
    page.close("footer").close("main").close("body").close("html");
    return page.finish();
  }

  private static void writeCurves(MarkupWriter page, LearningCurves curves) {
    page.open("section").element("h2", "Learning curves");
    if (curves.epochs().isEmpty()) {
      page.element("p", "No epoch was finished.");
    }
    page.open("div", "class", "charts");
    for (LineChart chart : TrainingCurves.charts(curves)) {
      page.open("div");
      chart.write(page);
      page.close("div");
    }
    page.close("div").close("section");
  }
}
