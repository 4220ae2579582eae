package dev.sinter.dataset;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A table of numbers with a header: a row per sample.
 *
 * @param relative path of its file below the collection
 * @param features names of the columns that are numbers to learn from, in order
 * @param rows all rows that could be read
 * @param rejections of the others
 */
record FeatureTable(
    String relative, List<String> features, List<Row> rows, List<Rejection> rejections) {

  /**
   * A row.
   *
   * @param number from 1, the header not counted
   * @param values of the features, in order
   * @param label text of the label column; empty without one
   * @param patient text of the patient column; empty without one
   */
  record Row(int number, float[] values, String label, String patient) {
    byte[] pixels() {
      ByteBuffer pixels =
          ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (float value : values) {
        pixels.putFloat(value);
      }
      return pixels.array();
    }

    /** The row as a sample. */
    Sample sample(String id, String patientHash, String split, int classIndex, String source) {
      Intensity intensity = Intensity.of(values);
      return new Sample(
          id,
          patientHash,
          split,
          classIndex,
          new byte[0],
          pixels(),
          PixelType.FLOAT32,
          values.length,
          1,
          1,
          intensity.mean(),
          intensity.std(),
          List.of(),
          id,
          0,
          source);
    }
  }

  /** Name of a row within its collection. */
  static String name(String relative, int row) {
    return relative + "#" + row;
  }

  /**
   * A table to learn from: all columns but those of label and patient are features.
   *
   * @param shown what errors call it
   */
  static FeatureTable labelled(
      String relative, String shown, byte[] content, TableColumns columns) {
    CsvTable table = open(shown, content);
    List<String> header = table.header();
    int label = require(shown, header, columns.label());
    int patient = columns.patient().isEmpty() ? -1 : require(shown, header, columns.patient());
    columns.ignored().forEach(name -> require(shown, header, name));
    List<Integer> features = new ArrayList<>();
    for (int i = 0; i < header.size(); i++) {
      if (i != label && i != patient && !columns.ignored().contains(header.get(i))) {
        features.add(i);
      }
    }
    return new Columns(header, features, label, patient).read(relative, shown, table);
  }

  /**
   * A table to predict: it has these features, in any order, and perhaps other columns.
   *
   * @param shown what errors call it
   */
  static FeatureTable unlabelled(
      String relative, String shown, byte[] content, List<String> features) {
    CsvTable table = open(shown, content);
    List<String> header = table.header();
    List<Integer> places = features.stream().map(name -> require(shown, header, name)).toList();
    return new Columns(header, places, -1, -1).read(relative, shown, table);
  }

  private static CsvTable open(String shown, byte[] content) {
    try {
      CsvTable table =
          new CsvTable(
              new BufferedReader(new StringReader(new String(content, StandardCharsets.UTF_8))),
              problem -> unreadable(shown, problem));
      if (Set.copyOf(table.header()).size() < table.header().size()) {
        throw unreadable(
            shown, "a name occurs twice among the " + table.header().size() + " of the header");
      }
      return table;
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory can be read", e);
    }
  }

  private static RuntimeException unreadable(String shown, String problem) {
    return DatasetErrors.data(
        "TABLE_UNREADABLE",
        shown + ": " + problem,
        "Give CSV in UTF-8: a header with a name of its own for every column, and at least one row"
            + " below it.");
  }

  private static int require(String shown, List<String> header, String name) {
    int at = header.indexOf(name);
    if (at < 0) {
      throw DatasetErrors.data(
          "TABLE_COLUMN_MISSING",
          shown + ": none of its " + header.size() + " columns is called '" + name + "'",
          "Give the table a header, and name its columns in data.table as the header does.");
    }
    return at;
  }

  /** Places of the columns that are read; -1 for none. */
  private record Columns(List<String> header, List<Integer> features, int label, int patient) {

    FeatureTable read(String relative, String shown, CsvTable table) {
      List<Row> rows = new ArrayList<>();
      List<Rejection> rejections = new ArrayList<>();
      int number = 0;
      try {
        for (var row = table.nextAsItIs(); row.isPresent(); row = table.nextAsItIs()) {
          List<String> fields = row.get();
          number++;
          float[] values = new float[features.size()];
          String problem = fill(values, fields);
          if (!problem.isEmpty()) {
            String line = "line " + table.line() + ": ";
            rejections.add(new Rejection(name(relative, number), "ROW_UNREADABLE", line + problem));
          } else if (patient >= 0 && fields.get(patient).isEmpty()) {
            rejections.add(
                new Rejection(
                    name(relative, number),
                    "PATIENT_MISSING",
                    "line " + table.line() + ": it has no patient"));
          } else {
            rows.add(new Row(number, values, text(fields, label), text(fields, patient)));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("a text in memory can be read", e);
      }
      if (number == 0) {
        throw unreadable(shown, "it has a header and no row");
      }
      return new FeatureTable(
          relative, features.stream().map(header::get).toList(), rows, rejections);
    }

    /** What is wrong with the row; empty when nothing is. */
    private String fill(float[] values, List<String> fields) {
      if (fields.size() != header.size()) {
        return "it has " + fields.size() + " fields";
      }
      for (int i = 0; i < values.length; i++) {
        values[i] = number(fields.get(features.get(i)));
        if (!Float.isFinite(values[i])) {
          return "column " + header.get(features.get(i)) + " is no finite number";
        }
      }
      return label >= 0 && fields.get(label).isEmpty() ? "it has no label" : "";
    }

    private static String text(List<String> fields, int at) {
      return at < 0 ? "" : fields.get(at);
    }
  }

  private static float number(String text) {
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException e) {
      return Float.NaN;
    }
  }
}
