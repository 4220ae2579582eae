package dev.sinter.dataset;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A table in CSV (RFC 4180): separated by commas, semicolons or tabs, whichever the first line has
 * most of; fields may be quoted and then hold separators, line ends and doubled quotes.
 *
 * <p>Messages name lines, never their content, which may be about patients.
 */
final class CsvTable {
  private static final int LONGEST_FIELD = 1 << 20;
  private static final int LONGEST_HEADER = 1 << 26;

  private final BufferedReader in;
  private final Function<String, RuntimeException> unreadable;
  private final char separator;
  private final List<String> header;
  private long line = 1;

  /**
   * Reads the header.
   *
   * @param unreadable makes the failure of a problem
   */
  CsvTable(BufferedReader in, Function<String, RuntimeException> unreadable) throws IOException {
    this.in = in;
    this.unreadable = unreadable;
    in.mark(LONGEST_HEADER);
    String first = in.readLine();
    if (first == null) {
      throw damaged("it is empty");
    }
    in.reset();
    if (first.startsWith("\uFEFF")) {
      in.read(); // byte order mark of spreadsheets
    }
    separator = separator(first);
    header = List.copyOf(nextAsItIs().orElseThrow(() -> damaged("it is empty")));
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
    Optional<List<String>> row = nextAsItIs();
    if (row.isPresent() && row.get().size() != header.size()) {
      throw damaged(
          "line " + line() + " has " + row.get().size() + " fields, not " + header.size());
    }
    return row;
  }

  /** The next row that is not empty, with any number of fields. */
  Optional<List<String>> nextAsItIs() throws IOException {
    List<String> row = fields();
    while (row.size() == 1 && row.get(0).isEmpty()) {
      row = fields();
    }
    return row.isEmpty() ? Optional.empty() : Optional.of(row);
  }

  /**
   * Fields of one record; none at the end of the file. Space around a field is no part of it, in
   * quotes neither: a patient must not become two.
   */
  private List<String> fields() throws IOException {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    boolean wasQuoted = false;
    long opened = 0;
    int read = in.read();
    if (read < 0) {
      return fields;
    }
    for (int c = read; ; c = in.read()) {
      if (c < 0 && quoted) {
        throw damaged("the quote of line " + opened + " is not closed");
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
        opened = line;
      } else if (c == separator || c == '\n' || c == '\r' || c < 0) {
        fields.add(field.toString().strip());
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
    return unreadable.apply(problem);
  }
}
