package dev.sinter.ml;

import dev.sinter.trainer.prediction.FrameInput;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Copies the image of a row, and its mask, into the folder that a preparation reads, and tells the
 * row of its manifest; runs on executors. The name is a hash of the row, so equal rows are one
 * file, and the same DataFrame gives the same shards however it is partitioned.
 *
 * @param folder of the copies
 * @param image column 0 of the rows
 * @param mask column 3 of the rows; null for classification
 */
record StagedRow(String folder, FrameInput image, FrameInput mask)
    implements MapFunction<Row, Row>, Serializable {
  static final String IMAGES = "images";
  static final String MASKS = "masks";
  private static final int NAME_CHARACTERS = 32;

  @Override
  public Row call(Row row) throws IOException {
    String label = row.isNullAt(1) ? "" : row.getString(1);
    String patient = row.isNullAt(2) ? "" : row.getString(2);
    String name = name(row, label, patient);
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
    copy(row.get(0), new Path(new Path(folder, IMAGES), name), hadoop);
    if (mask != null) {
      copy(row.get(3), new Path(new Path(folder, MASKS), name), hadoop);
    }
    // Without a column of patients each row is of its own; a null in it is rejected.
    String owner = row.isNullAt(2) ? "" : patient.isEmpty() ? name : patient;
    return RowFactory.create(name, label, owner, name);
  }

  private String name(Row row, String label, String patient) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Object value : Arrays.asList(row.get(0), mask == null ? "" : row.get(3))) {
        byte[] bytes =
            value instanceof byte[] content
                ? content
                : String.valueOf(value).getBytes(StandardCharsets.UTF_8);
        digest.update(bytes);
        digest.update((byte) 0);
      }
      digest.update((label + "\0" + patient).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest()).substring(0, NAME_CHARACTERS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A file that is not there is missed by the preparation, which counts it as rejected. */
  private static void copy(Object value, Path target, Configuration hadoop) throws IOException {
    if (value == null) {
      return;
    }
    FileSystem files = target.getFileSystem(hadoop);
    Path temporary = new Path(target.getParent(), "." + UUID.randomUUID() + ".tmp");
    try (InputStream in = open(value, hadoop)) {
      try (OutputStream out = files.create(temporary, false)) {
        in.transferTo(out);
      }
    } catch (FileNotFoundException e) {
      return;
    }
    if (!files.rename(temporary, target)) {
      files.delete(temporary, false); // another attempt of this task, or an equal row, was faster
    }
  }

  private static InputStream open(Object value, Configuration hadoop) throws IOException {
    if (value instanceof byte[] content) {
      return new java.io.ByteArrayInputStream(content);
    }
    Path path = new Path((String) value);
    return path.getFileSystem(hadoop).open(path);
  }
}
