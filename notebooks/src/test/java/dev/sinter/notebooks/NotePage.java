package dev.sinter.notebooks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A run of a note as a page for a browser, to be looked at: near to what Zeppelin shows. */
final class NotePage {
  private static final String STYLE =
      """
      body{font:15px/1.45 system-ui,sans-serif;max-width:900px;margin:24px auto;color:#222}
      pre{background:#f6f7f8;padding:10px;white-space:pre-wrap;font-size:12px}
      table.data{border-collapse:collapse;font-size:13px}
      table.data td{border:1px solid #ddd;padding:3px 9px}
      """;

  private NotePage() {}

  static void write(Path file, String title, List<ParagraphResult> results) {
    StringBuilder page = new StringBuilder("<!DOCTYPE html><html><head><meta charset=\"utf-8\">");
    page.append("<title>").append(escape(title)).append("</title><style>").append(STYLE);
    page.append("</style></head><body>\n");
    for (ParagraphResult result : results) {
      if (!result.paragraph().interpreter().equals("md")) {
        page.append("<h4>").append(escape(result.paragraph().title())).append("</h4>\n<pre>");
        page.append(escape(result.paragraph().code())).append("</pre>\n");
      }
      result.outputs().forEach(output -> page.append(markup(output)).append('\n'));
    }
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, page.append("</body></html>\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String markup(Output output) {
    return switch (output.type()) {
      case "HTML" -> output.data();
      case "TABLE" -> table(output.data());
      default -> "<pre style=\"background:#fff;color:#555\">" + escape(output.data()) + "</pre>";
    };
  }

  private static String table(String data) {
    StringBuilder table = new StringBuilder("<table class=\"data\">");
    data.lines()
        .map(line -> "<tr><td>" + escape(line).replace("\t", "</td><td>") + "</td></tr>")
        .forEach(table::append);
    return table.append("</table>").toString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
