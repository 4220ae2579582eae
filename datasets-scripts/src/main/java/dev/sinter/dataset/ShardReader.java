package dev.sinter.dataset;

import dev.sinter.error.SinterException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import shaded.parquet.org.apache.thrift.TException;

/** Reads a range of a shard's rows and compares each row's checksum. Runs on executors. */
public final class ShardReader implements Iterator<Sample>, AutoCloseable {
  private static final String PREPARE_AGAIN =
      "Compare the file's sha256 with dataset.json; copy it again or run sinter prepare again.";

  private final Path path;
  private final ParquetFileReader file;
  private final MessageType schema;
  private final MessageColumnIO columns;
  private final long toRow;
  private int nextGroup;
  private long row;
  private long groupEnd;
  private RecordReader<Group> records;

  private ShardReader(Path path, ParquetFileReader file, long fromRow, long toRow)
      throws IOException {
    this.path = path;
    this.file = file;
    this.schema = ShardSchema.readFrom(fileSchema());
    this.columns = new ColumnIOFactory().getColumnIO(schema, fileSchema());
    this.toRow = Math.min(toRow, file.getRecordCount());
    while (groupEnd < this.toRow) {
      long rows = file.getRowGroups().get(nextGroup).getRowCount();
      if (groupEnd + rows > fromRow) {
        break;
      }
      file.skipNextRowGroup();
      nextGroup++;
      groupEnd += rows;
    }
    row = groupEnd;
    while (row < Math.min(fromRow, this.toRow)) {
      advance();
    }
  }

  private MessageType fileSchema() {
    return file.getFooter().getFileMetaData().getSchema();
  }

  /** Opens a whole shard. */
  public static ShardReader open(Configuration configuration, Path path) {
    return open(configuration, path, 0, Long.MAX_VALUE);
  }

  /**
   * Opens rows {@code fromRow} (included) to {@code toRow} (excluded); row groups before are not
   * read.
   *
   * @throws SinterException {@code SHARD_NOT_FOUND}, {@code SHARD_UNREADABLE}, {@code
   *     SHARD_CHECKSUM_MISMATCH}, {@code STORAGE_FAILED}
   */
  public static ShardReader open(Configuration configuration, Path path, long fromRow, long toRow) {
    if (fromRow < 0 || toRow < fromRow) {
      throw new IllegalArgumentException("rows " + fromRow + " to " + toRow);
    }
    ParquetFileReader file = null;
    try {
      HadoopInputFile input = HadoopInputFile.fromPath(path, configuration);
      file =
          ParquetFileReader.open(
              input,
              HadoopReadOptions.builder(configuration).usePageChecksumVerification().build());
      return new ShardReader(path, file, fromRow, toRow);
    } catch (IOException | RuntimeException e) {
      closeQuietly(file);
      if (e instanceof SinterException coded) {
        throw coded;
      }
      if (isMissing(e)) {
        throw DatasetErrors.data(
            "SHARD_NOT_FOUND", path + ": there is no such shard", PREPARE_AGAIN, e);
      }
      if (!isDamage(e)) {
        throw DatasetErrors.storage(path, e);
      }
      throw DatasetErrors.data(
          "SHARD_UNREADABLE", path + ": not a whole shard: " + e.getMessage(), PREPARE_AGAIN, e);
    }
  }

  /** A local file that may not be read is reported as not found, too. */
  private static boolean isMissing(Exception e) {
    return e instanceof FileNotFoundException
        && !String.valueOf(e.getMessage()).contains("Permission denied");
  }

  /**
   * Whether the bytes themselves are wrong. Other failures of input and output are the storage's
   * and may pass; bytes that were read and cannot be decoded stay so.
   */
  private static boolean isDamage(Exception e) {
    if (!(e instanceof IOException || e instanceof UncheckedIOException)) {
      return true;
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ChecksumException
          || cause instanceof EOFException
          || cause instanceof TException) {
        return true;
      }
    }
    return false;
  }

  private static void closeQuietly(ParquetFileReader file) {
    if (file != null) {
      try {
        file.close();
      } catch (IOException ignored) {
        // The first failure is the one to report.
      }
    }
  }

  @Override
  public boolean hasNext() {
    return row < toRow;
  }

  @Override
  public Sample next() {
    if (!hasNext()) {
      throw new NoSuchElementException("row " + row + " of " + path);
    }
    Group group = advance();
    Sample sample = ShardSchema.toSample(group);
    long expected = group.getLong("checksum", 0);
    long actual = ShardSchema.checksum(sample.pixels(), sample.mask(), sample.label());
    if (expected != actual) {
      throw DatasetErrors.data(
          "SHARD_CHECKSUM_MISMATCH",
          String.format(
              java.util.Locale.ROOT,
              "%s: row %d (sample %s) has checksum %08x, its pixels and mask give %08x",
              path,
              row - 1,
              sample.id(),
              expected,
              actual),
          PREPARE_AGAIN);
    }
    return sample;
  }

  private Group advance() {
    try {
      if (row == groupEnd) {
        PageReadStore pages = file.readNextRowGroup();
        nextGroup++;
        groupEnd += pages.getRowCount();
        records = columns.getRecordReader(pages, new GroupRecordConverter(schema));
      }
      row++;
      return records.read();
    } catch (IOException | RuntimeException e) {
      if (!isDamage(e)) {
        throw DatasetErrors.storage(path, e);
      }
      throw DatasetErrors.data(
          "SHARD_CHECKSUM_MISMATCH",
          path + ": row " + row + " cannot be decoded: " + e.getMessage(),
          PREPARE_AGAIN,
          e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw DatasetErrors.storage(path, e);
    }
  }
}
