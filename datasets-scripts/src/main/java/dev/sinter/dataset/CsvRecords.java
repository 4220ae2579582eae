package dev.sinter.dataset;

import java.util.ArrayList;
import java.util.List;

/**
 * Records of a comma-separated text after RFC 4180: fields in quotes may hold commas, line ends and
 * doubled quotes. Line ends may be of any system; empty lines do not count.
 */
final class CsvRecords {
  private final String path;
  private final String text;
  private int at;
  private int line = 1;

  private CsvRecords(String path, String text) {
    this.path = path;
    this.text = text;
  }

  /**
   * A record.
   *
   * @param line number of its first line, from 1
   * @param fields as they are, without quotes
   */
  record Entry(int line, List<String> fields) {}

  /**
   * All records.
   *
   * @throws dev.sinter.error.SinterException {@code TABLE_UNREADABLE} when a quote is not closed
   */
  static List<Entry> of(String path, String text) {
    CsvRecords records = new CsvRecords(path, text.startsWith("\uFEFF") ? text.substring(1) : text);
    List<Entry> entries = new ArrayList<>();
    while (records.at < records.text.length()) {
      int first = records.line;
      List<String> fields = records.next();
      if (fields.size() > 1 || !fields.get(0).isBlank()) {
        entries.add(new Entry(first, fields));
      }
    }
    return entries;
  }

  private List<String> next() {
    List<String> fields = new ArrayList<>();
    while (true) {
      fields.add(at < text.length() && text.charAt(at) == '"' ? quoted() : plain());
      if (at < text.length() && text.charAt(at) == ',') {
        at++;
        continue;
      }
      endLine();
      return fields;
    }
  }

  private void endLine() {
    if (at < text.length()) {
      if (text.startsWith("\r\n", at)) {
        at++;
      }
      at++;
      line++;
    }
  }

  private String plain() {
    int from = at;
    while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(from, at).strip();
  }

  private String quoted() {
    int first = line;
    StringBuilder field = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"' && at < text.length() && text.charAt(at) == '"') {
        at++;
      } else if (c == '"') {
        plain(); // what follows a closing quote is no part of the field
        return field.toString();
      }
      line += c == '\n' ? 1 : 0;
      field.append(c);
    }
    throw DatasetErrors.data(
        "TABLE_UNREADABLE",
        path + ": the quote of line " + first + " is not closed",
        "Close the quote, or double quotes within quotes.");
  }
}
