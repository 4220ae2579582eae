package dev.sinter.dataset;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Writes one shard: the same samples in the same order give the same bytes. Runs on executors.
 *
 * <p>Row groups are small, so that a reader that wants a range of rows skips most of the rest.
 */
public final class ShardWriter implements AutoCloseable {
  private static final long ROW_GROUP_BYTES = 4L << 20;
  private static final int PAGE_BYTES = 1 << 20;

  private final Path path;
  private final ShardOutput output;
  private final ParquetWriter<Group> writer;

  private ShardWriter(Path path, ShardOutput output, ParquetWriter<Group> writer) {
    this.path = path;
    this.output = output;
    this.writer = writer;
  }

  /** Begins a shard; an existing file is refused. */
  public static ShardWriter create(Configuration configuration, Path path) {
    try {
      ShardOutput output = new ShardOutput(path.getFileSystem(configuration).create(path, false));
      return new ShardWriter(
          path,
          output,
          ExampleParquetWriter.builder(output)
              .withType(ShardSchema.TYPE)
              .withConf(configuration)
              .withWriteMode(ParquetFileWriter.Mode.CREATE)
              .withWriterVersion(WriterVersion.PARQUET_1_0)
              .withCompressionCodec(CompressionCodecName.ZSTD)
              .withDictionaryEncoding(false)
              .withDictionaryEncoding("split", true)
              .withDictionaryEncoding("pixel_type", true)
              .withRowGroupSize(ROW_GROUP_BYTES)
              .withPageSize(PAGE_BYTES)
              .withMinRowCountForPageSizeCheck(4)
              .withMaxRowCountForPageSizeCheck(64)
              .withPageWriteChecksumEnabled(true)
              .build());
    } catch (IOException e) {
      throw DatasetErrors.storage(path, e);
    }
  }

  /** Appends a sample. */
  public void write(Sample sample) {
    try {
      writer.write(ShardSchema.toGroup(sample));
    } catch (IOException e) {
      throw DatasetErrors.storage(path, e);
    }
  }

  /** Appends a row as it is; lets tests write a wrong checksum. */
  void writeRow(Group row) throws IOException {
    writer.write(row);
  }

  /** Size of the file; after {@link #close()}. */
  long bytes() {
    return output.bytes();
  }

  /** SHA-256 of the file; after {@link #close()}, once. */
  String sha256() {
    return output.sha256();
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw DatasetErrors.storage(path, e);
    }
  }
}
