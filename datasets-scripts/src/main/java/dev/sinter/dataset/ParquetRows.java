package dev.sinter.dataset;

import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/** Some columns of a Parquet file, row by row, a row group in memory at a time. */
final class ParquetRows {
  private ParquetRows() {}

  /**
   * Reads all rows.
   *
   * @param columns from the file's schema, those that are wanted
   */
  static void forEach(
      Path path,
      Configuration configuration,
      UnaryOperator<MessageType> columns,
      Consumer<Group> sink)
      throws IOException {
    try (ParquetFileReader file =
        ParquetFileReader.open(HadoopInputFile.fromPath(path, configuration))) {
      MessageType schema = columns.apply(file.getFooter().getFileMetaData().getSchema());
      file.setRequestedSchema(schema);
      for (PageReadStore pages = file.readNextRowGroup();
          pages != null;
          pages = file.readNextRowGroup()) {
        RecordReader<Group> records =
            new ColumnIOFactory()
                .getColumnIO(schema)
                .getRecordReader(pages, new GroupRecordConverter(schema));
        for (long row = 0; row < pages.getRowCount(); row++) {
          sink.accept(records.read());
        }
      }
    }
  }
}
