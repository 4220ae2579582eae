package dev.sinter.trainer.prediction;

import dev.sinter.dataset.MaskWriter;
import dev.sinter.dataset.Sample;
import dev.sinter.dataset.SourceCollection;
import dev.sinter.dataset.Task;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Predicts the rows of one partition, some at a time; runs on executors. */
final class FramePredictor implements Iterator<Row>, AutoCloseable {
  private final FramePrediction what;
  private final Iterator<Row> rows;
  private final ShippedModel model;
  private final SourceCollection sources;
  private final Configuration hadoop;
  private final Deque<Row> ready = new ArrayDeque<>();
  private Predictor predictor;
  private long row;

  FramePredictor(FramePrediction what, Iterator<Row> rows) {
    this.what = what;
    this.rows = rows;
    this.model = what.shipped().value();
    this.sources = SourceCollection.of(model.dataset().preparation());
    this.hadoop = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
  }

  /**
   * A row and what it leads to.
   *
   * @param source null for a vector
   * @param samples none for a row that could not be read
   */
  private record Read(Row row, SourceCollection.Source source, List<Sample> samples) {}

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && rows.hasNext()) {
      predictSome();
    }
    return !ready.isEmpty();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no more rows");
    }
    return ready.remove();
  }

  private void predictSome() {
    List<Read> chunk = new ArrayList<>();
    List<Sample> samples = new ArrayList<>();
    while (rows.hasNext() && samples.size() < Predictor.BATCH_SAMPLES) {
      Read read = read(rows.next());
      if (read != null) {
        chunk.add(read);
        samples.addAll(read.samples());
      }
    }
    if (predictor == null && !samples.isEmpty()) {
      predictor = new Predictor(model);
    }
    if (model.dataset().task() == Task.CLASSIFICATION) {
      classify(chunk, samples);
    } else {
      segment(chunk, samples);
    }
  }

  /** A volume's class is its slices' mean. */
  private void classify(List<Read> chunk, List<Sample> samples) {
    int classes = model.dataset().classes().size();
    List<float[]> outputs = new ArrayList<>();
    if (!samples.isEmpty()) {
      predictor.predict(
          samples.iterator(),
          (sample, probabilities, offset) -> {
            float[] own = new float[classes];
            probabilities.get(offset, own);
            outputs.add(own);
          });
    }
    int next = 0;
    for (Read read : chunk) {
      int count = read.samples().size();
      float[] sum = new float[classes];
      for (float[] own : outputs.subList(next, next + count)) {
        for (int c = 0; c < classes; c++) {
          sum[c] += own[c];
        }
      }
      next += count;
      double[] mean = new double[classes];
      for (int c = 0; c < classes; c++) {
        mean[c] = sum[c] / count;
      }
      ready.add(with(read, output -> output.of(mean, what.labels(), what.vectorSize())));
    }
  }

  private void segment(List<Read> chunk, List<Sample> samples) {
    int classes = model.dataset().classes().size();
    List<byte[]> masks = new ArrayList<>();
    if (!samples.isEmpty()) {
      predictor.predict(
          samples.iterator(),
          (sample, outputs, offset) ->
              masks.add(Predictor.mostProbable(outputs, offset, classes, sample.positions())));
    }
    MaskWriter writer = new MaskWriter(model.dataset());
    int next = 0;
    for (Read read : chunk) {
      int first = next;
      next += read.samples().size();
      List<byte[]> own = masks.subList(first, next);
      ready.add(with(read, output -> writer.encode(read.source(), own)));
    }
  }

  private interface Value {
    Object of(FrameOutput output);
  }

  private Row with(Read read, Value value) {
    int before = read.row().length();
    Object[] values = new Object[before + what.outputs().size()];
    for (int i = 0; i < before; i++) {
      values[i] = read.row().get(i);
    }
    if (!read.samples().isEmpty()) {
      for (int i = 0; i < what.outputs().size(); i++) {
        values[before + i] = value.of(what.outputs().get(i));
      }
    }
    return RowFactory.create(values);
  }

  /** Null for a row that is left out. */
  private Read read(Row given) {
    long number = row++;
    try {
      Object value = given.getAs(what.input().column());
      if (value == null) {
        throw new SinterException(
            ErrorCategory.DATA,
            "FRAME_VALUE_MISSING",
            "column " + what.input().column() + " is null",
            "Leave such rows out.");
      }
      // No path: names of files may be names of patients.
      String name = "row-" + number;
      if (value instanceof Vector vector) {
        return new Read(given, null, List.of(sources.row(name, floats(vector))));
      }
      byte[] content = value instanceof byte[] bytes ? bytes : content((String) value);
      SourceCollection.Source source = sources.decode(name, content);
      return new Read(given, source, source.samples());
    } catch (SinterException e) {
      if (what.invalid() == FramePrediction.Invalid.ERROR || e.category() != ErrorCategory.DATA) {
        throw FramePrediction.unreadable(number, e);
      }
      return what.invalid() == FramePrediction.Invalid.SKIP
          ? null
          : new Read(given, null, List.of());
    }
  }

  private static float[] floats(Vector vector) {
    float[] values = new float[vector.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) vector.apply(i);
    }
    return values;
  }

  private byte[] content(String path) {
    Path file = new Path(path);
    try (InputStream stream = file.getFileSystem(hadoop).open(file)) {
      return stream.readAllBytes();
    } catch (java.io.FileNotFoundException e) {
      throw new SinterException(
          ErrorCategory.DATA, "PATH_NOT_FOUND", "there is no such file", "Check the paths.");
    } catch (IOException e) {
      throw AtomicFiles.failure(file, e);
    }
  }

  @Override
  public void close() {
    if (predictor != null) {
      predictor.close();
    }
  }
}
