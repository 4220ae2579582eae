package dev.sinter.dataset;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table in CSV (RFC 4180): separated by commas, semicolons or tabs, whichever the first line has
 * most of; fields may be quoted and then hold separators, line ends and doubled quotes.
 *
 * <p>Messages name lines, never their content, which may be about patients.
 */
final class CsvTable {
  private static final int LONGEST_FIELD = 1 << 20;

  private final BufferedReader in;
  private final String name;
  private final char separator;
  private final List<String> header;
  private long line = 1;

  CsvTable(BufferedReader in, String name) throws IOException {
    this.in = in;
    this.name = name;
    in.mark(LONGEST_FIELD);
    String first = in.readLine();
    if (first == null) {
      throw damaged("it is empty");
    }
    in.reset();
    separator = separator(first);
    List<String> columns = next().orElseThrow(() -> damaged("it is empty"));
    columns.set(0, columns.get(0).replace("\uFEFF", "")); // byte order mark of spreadsheets
    columns.replaceAll(String::strip);
    header = List.copyOf(columns);
  }

  private static char separator(String line) {
    char best = ',';
    long most = -1;
    for (char candidate : new char[] {',', ';', '\t'}) {
      long count = line.chars().filter(c -> c == candidate).count();
      if (count > most) {
        most = count;
        best = candidate;
      }
    }
    return best;
  }

  List<String> header() {
    return header;
  }

  /** Line in which the latest row ended, from 1. */
  long line() {
    return line - 1;
  }

  /** The next row that is not empty, with as many fields as the header. */
  Optional<List<String>> next() throws IOException {
    while (true) {
      List<String> row = fields();
      if (row.isEmpty()) {
        return Optional.empty();
      }
      if (row.size() == 1 && row.get(0).isBlank() && (header == null || header.size() > 1)) {
        continue;
      }
      if (header != null && row.size() != header.size()) {
        throw damaged("line " + line() + " has " + row.size() + " fields, not " + header.size());
      }
      return Optional.of(row);
    }
  }

  /** Fields of one record; none at the end of the file. */
  private List<String> fields() throws IOException {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    boolean wasQuoted = false;
    int read = in.read();
    if (read < 0) {
      return fields;
    }
    for (int c = read; ; c = in.read()) {
      if (c < 0 && quoted) {
        throw damaged("a quote before line " + line + " is not closed");
      }
      if (quoted) {
        if (c == '"' && peek() == '"') {
          in.read();
          field.append('"');
        } else if (c == '"') {
          quoted = false;
        } else {
          line += c == '\n' ? 1 : 0;
          field.append((char) c);
        }
      } else if (c == '"' && field.toString().isBlank() && !wasQuoted) {
        field.setLength(0);
        quoted = true;
        wasQuoted = true;
      } else if (c == separator || c == '\n' || c == '\r' || c < 0) {
        fields.add(wasQuoted ? field.toString() : field.toString().strip());
        field.setLength(0);
        wasQuoted = false;
        if (c == '\r' && peek() == '\n') {
          in.read();
        }
        if (c != separator) {
          line++;
          return fields;
        }
      } else {
        field.append((char) c);
      }
      if (field.length() >= LONGEST_FIELD) {
        throw damaged("a field before line " + line + " is longer than " + LONGEST_FIELD);
      }
    }
  }

  private int peek() throws IOException {
    in.mark(1);
    int c = in.read();
    in.reset();
    return c;
  }

  private RuntimeException damaged(String problem) {
    return ManifestRows.unreadable(name, problem, null);
  }
}
