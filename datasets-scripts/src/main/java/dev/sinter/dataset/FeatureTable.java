package dev.sinter.dataset;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
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

  /** A table to learn from: all columns but those of label and patient are features. */
  static FeatureTable labelled(String relative, byte[] content, TableColumns columns) {
    List<CsvRecords.Entry> records = records(relative, content);
    List<String> header = records.get(0).fields();
    int label = require(relative, header, columns.label());
    int patient = columns.patient().isEmpty() ? -1 : require(relative, header, columns.patient());
    columns.ignored().forEach(name -> require(relative, header, name));
    List<Integer> features = new ArrayList<>();
    for (int i = 0; i < header.size(); i++) {
      if (i != label && i != patient && !columns.ignored().contains(header.get(i))) {
        features.add(i);
      }
    }
    return read(relative, records, features, label, patient);
  }

  /** A table to predict: it has these features, in any order, and perhaps other columns. */
  static FeatureTable unlabelled(String relative, byte[] content, List<String> features) {
    List<CsvRecords.Entry> records = records(relative, content);
    List<String> header = records.get(0).fields();
    List<Integer> places = features.stream().map(name -> require(relative, header, name)).toList();
    return read(relative, records, places, -1, -1);
  }

  private static List<CsvRecords.Entry> records(String relative, byte[] content) {
    List<CsvRecords.Entry> records =
        CsvRecords.of(relative, new String(content, StandardCharsets.UTF_8));
    if (records.size() < 2) {
      throw DatasetErrors.data(
          "TABLE_UNREADABLE",
          relative + ": it has " + records.size() + " lines",
          "Give a header and at least one row, separated by commas.");
    }
    Set<String> names = new HashSet<>(records.get(0).fields());
    if (names.size() < records.get(0).fields().size()) {
      throw DatasetErrors.data(
          "TABLE_UNREADABLE",
          relative + ": a name occurs twice in the header " + records.get(0).fields(),
          "Give every column a name of its own.");
    }
    return records;
  }

  private static int require(String relative, List<String> header, String name) {
    int at = header.indexOf(name);
    if (at < 0) {
      throw DatasetErrors.data(
          "TABLE_COLUMN_MISSING",
          relative + ": there is no column '" + name + "'; its columns are " + header,
          "Name the columns in data.table, or add the column.");
    }
    return at;
  }

  private static FeatureTable read(
      String relative,
      List<CsvRecords.Entry> records,
      List<Integer> features,
      int label,
      int patient) {
    List<String> header = records.get(0).fields();
    List<Row> rows = new ArrayList<>();
    List<Rejection> rejections = new ArrayList<>();
    for (int number = 1; number < records.size(); number++) {
      List<String> fields = records.get(number).fields();
      String problem = fields.size() == header.size() ? "" : "it has " + fields.size() + " fields";
      float[] values = new float[features.size()];
      for (int i = 0; i < values.length && problem.isEmpty(); i++) {
        values[i] = number(fields.get(features.get(i)));
        if (!Float.isFinite(values[i])) {
          problem = "column " + header.get(features.get(i)) + " is no finite number";
        }
      }
      if (problem.isEmpty() && label >= 0 && fields.get(label).isEmpty()) {
        problem = "it has no label";
      }
      if (problem.isEmpty()) {
        rows.add(
            new Row(
                number,
                values,
                label < 0 ? "" : fields.get(label),
                patient < 0 ? "" : fields.get(patient)));
      } else {
        rejections.add(
            new Rejection(
                name(relative, number),
                "ROW_UNREADABLE",
                "line " + records.get(number).line() + ": " + problem));
      }
    }
    return new FeatureTable(
        relative, features.stream().map(header::get).toList(), rows, rejections);
  }

  private static float number(String text) {
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException e) {
      return Float.NaN;
    }
  }
}
