package dev.sinter.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.MessageType;

/**
 * Who is in a shard, and which images, without reading a pixel. Runs on executors.
 *
 * <p>Images are told by the checksum of their pixels with mean and standard deviation of the
 * source: 96 bit. Slices and patches are not told: those of the margin of many volumes are empty.
 * Nor are images of one value, as many that are blank are no copies of one; these alone are read.
 */
final class ShardIdentities {
  private static final List<String> PATIENT = List.of("patient");
  private static final List<String> IMAGE =
      List.of("patient", "label", "mask", "intensity_mean", "intensity_std", "checksum");
  private static final List<String> PIXELS =
      List.of(
          "label", "mask", "intensity_mean", "intensity_std", "checksum", "pixels", "pixel_type");

  private ShardIdentities() {}

  /** Keys of all patients and, for whole sources, of all images. */
  static Set<String> of(Configuration configuration, Path shard, boolean wholeSources) {
    Set<String> keys = new HashSet<>();
    boolean[] doubtful = new boolean[1];
    try {
      forEach(
          configuration,
          shard,
          wholeSources ? IMAGE : PATIENT,
          row -> {
            keys.add("patient " + row.getString("patient", 0));
            if (wholeSources && mayBeConstant(row)) {
              doubtful[0] = true;
            } else if (wholeSources) {
              keys.add("image " + image(row));
            }
          });
      if (doubtful[0]) {
        forEach(
            configuration,
            shard,
            PIXELS,
            row -> {
              if (mayBeConstant(row) && !isConstant(row)) {
                keys.add("image " + image(row));
              }
            });
      }
    } catch (IOException | RuntimeException e) {
      throw diagnosed(configuration, shard, e);
    }
    return keys;
  }

  private static void forEach(
      Configuration configuration, Path shard, List<String> columns, Consumer<Group> sink)
      throws IOException {
    MessageType schema =
        new MessageType(
            ShardSchema.TYPE.getName(), columns.stream().map(ShardSchema.TYPE::getType).toList());
    ParquetRows.forEach(shard, configuration, all -> schema, sink);
  }

  /** The deviation of a constant source is 1, as {@link Intensity} says; others may have it. */
  private static boolean mayBeConstant(Group row) {
    return row.getFloat("intensity_std", 0) == 1;
  }

  /** One value, and perhaps the zeros of a margin. */
  private static boolean isConstant(Group row) {
    int width = PixelType.valueOf(row.getString("pixel_type", 0).toUpperCase(Locale.ROOT)).bytes();
    byte[] pixels = row.getBinary("pixels", 0).getBytes();
    byte[] zero = new byte[width];
    byte[] only = zero;
    for (int at = 0; at < pixels.length; at += width) {
      byte[] value = Arrays.copyOfRange(pixels, at, at + width);
      if (!Arrays.equals(value, zero) && !Arrays.equals(value, only)) {
        if (only != zero) {
          return false;
        }
        only = value;
      }
    }
    return true;
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
