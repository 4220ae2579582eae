package dev.sinter.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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

/**
 * Who is in a shard, and which images, without reading a pixel. Runs on executors.
 *
 * <p>Images are told by the checksum of their pixels with mean and standard deviation of the
 * source: 96 bit. Slices and patches are not told: those of the margin of many volumes are empty.
 */
final class ShardIdentities {
  private static final List<String> PATIENT = List.of("patient");
  private static final List<String> IMAGE =
      List.of("patient", "label", "mask", "intensity_mean", "intensity_std", "checksum");

  private ShardIdentities() {}

  /** Keys of all patients and, for whole sources, of all images. */
  static Set<String> of(Configuration configuration, Path shard, boolean wholeSources) {
    List<org.apache.parquet.schema.Type> columns = new ArrayList<>();
    for (String column : wholeSources ? IMAGE : PATIENT) {
      columns.add(ShardSchema.TYPE.getType(column));
    }
    MessageType schema = new MessageType(ShardSchema.TYPE.getName(), columns);
    Set<String> keys = new HashSet<>();
    try (ParquetFileReader file =
        ParquetFileReader.open(HadoopInputFile.fromPath(shard, configuration))) {
      file.setRequestedSchema(schema);
      for (PageReadStore pages = file.readNextRowGroup();
          pages != null;
          pages = file.readNextRowGroup()) {
        RecordReader<Group> records =
            new ColumnIOFactory()
                .getColumnIO(schema)
                .getRecordReader(pages, new GroupRecordConverter(schema));
        for (long row = 0; row < pages.getRowCount(); row++) {
          Group group = records.read();
          keys.add("patient " + group.getString("patient", 0));
          if (wholeSources) {
            keys.add("image " + image(group));
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      throw diagnosed(configuration, shard, e);
    }
    return keys;
  }

  /** What is wrong with a shard is the reader's to say. */
  private static RuntimeException diagnosed(
      Configuration configuration, Path shard, Exception failure) {
    try (ShardReader reader = ShardReader.open(configuration, shard)) {
      reader.forEachRemaining(sample -> {});
    }
    return DatasetErrors.storage(shard, failure);
  }

  private static String image(Group group) {
    byte[] mask = group.getBinary("mask", 0).getBytes();
    ByteBuffer end = ByteBuffer.allocate(mask.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    end.put(mask).putInt(group.getInteger("label", 0));
    return String.format(
        Locale.ROOT,
        "%08x%08x%08x",
        Crc32cPrefix.without((int) group.getLong("checksum", 0), end.array()),
        Float.floatToRawIntBits(group.getFloat("intensity_mean", 0)),
        Float.floatToRawIntBits(group.getFloat("intensity_std", 0)));
  }
}
