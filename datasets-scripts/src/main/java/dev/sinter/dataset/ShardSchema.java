package dev.sinter.dataset;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Columns of a shard, as in {@code docs/reference/shards.md}. */
final class ShardSchema {
  static final MessageType TYPE =
      MessageTypeParser.parseMessageType(
          """
          message sample {
            required binary id (STRING);
            required binary patient (STRING);
            required binary split (STRING);
            required int32 label;
            required binary mask;
            required binary pixels;
            required binary pixel_type (STRING);
            required int32 channels;
            required int32 height;
            required int32 width;
            required float intensity_mean;
            required float intensity_std;
            required group spacing (LIST) { repeated group list { required float element; } }
            required binary volume (STRING);
            required int32 slice;
            required binary source (STRING);
            required int64 checksum;
            required int32 depth;
            required group origin (LIST) { repeated group list { required int32 element; } }
            required group extents (LIST) { repeated group list { required int32 element; } }
          }
          """);

  /** Of version 1: without the columns of samples that have a depth. */
  static final MessageType FIRST_TYPE =
      new MessageType(
          TYPE.getName(), TYPE.getFields().subList(0, TYPE.getFieldIndex("checksum") + 1));

  private ShardSchema() {}

  /** What is read of a file with a schema. */
  static MessageType readFrom(MessageType file) {
    return file.containsField("depth") ? TYPE : FIRST_TYPE;
  }

  static Group toGroup(Sample sample) {
    Group group = new SimpleGroup(TYPE);
    group.add("id", sample.id());
    group.add("patient", sample.patient());
    group.add("split", sample.split());
    group.add("label", sample.label());
    group.add("mask", Binary.fromConstantByteArray(sample.mask()));
    group.add("pixels", Binary.fromConstantByteArray(sample.pixels()));
    group.add("pixel_type", sample.pixelType().name().toLowerCase(Locale.ROOT));
    group.add("channels", sample.channels());
    group.add("height", sample.height());
    group.add("width", sample.width());
    group.add("intensity_mean", sample.intensityMean());
    group.add("intensity_std", sample.intensityStd());
    Group spacing = group.addGroup("spacing");
    for (float value : sample.spacing()) {
      spacing.addGroup("list").add("element", value);
    }
    group.add("volume", sample.volume());
    group.add("slice", sample.slice());
    group.add("source", sample.source());
    group.add("checksum", checksum(sample.pixels(), sample.mask(), sample.label()));
    group.add("depth", sample.depth());
    add(group.addGroup("origin"), sample.origin());
    add(group.addGroup("extents"), sample.extents());
    return group;
  }

  private static void add(Group list, List<Integer> values) {
    values.forEach(value -> list.addGroup("list").add("element", (int) value));
  }

  private static List<Integer> integers(Group list) {
    List<Integer> values = new ArrayList<>();
    for (int i = 0; i < list.getFieldRepetitionCount("list"); i++) {
      values.add(list.getGroup("list", i).getInteger("element", 0));
    }
    return List.copyOf(values);
  }

  /** The sample of a row; its checksum is not compared here. */
  static Sample toSample(Group group) {
    boolean hasDepth = group.getType().containsField("depth");
    Group list = group.getGroup("spacing", 0);
    List<Float> spacing = new ArrayList<>();
    for (int i = 0; i < list.getFieldRepetitionCount("list"); i++) {
      spacing.add(list.getGroup("list", i).getFloat("element", 0));
    }
    return new Sample(
        group.getString("id", 0),
        group.getString("patient", 0),
        group.getString("split", 0),
        group.getInteger("label", 0),
        group.getBinary("mask", 0).getBytes(),
        group.getBinary("pixels", 0).getBytes(),
        PixelType.valueOf(group.getString("pixel_type", 0).toUpperCase(Locale.ROOT)),
        group.getInteger("channels", 0),
        group.getInteger("height", 0),
        group.getInteger("width", 0),
        group.getFloat("intensity_mean", 0),
        group.getFloat("intensity_std", 0),
        List.copyOf(spacing),
        group.getString("volume", 0),
        group.getInteger("slice", 0),
        group.getString("source", 0),
        hasDepth ? group.getInteger("depth", 0) : 1,
        hasDepth ? integers(group.getGroup("origin", 0)) : List.of(),
        hasDepth ? integers(group.getGroup("extents", 0)) : List.of());
  }

  /** CRC-32C of pixels, mask and label (4 bytes, little-endian). */
  static long checksum(byte[] pixels, byte[] mask, int label) {
    CRC32C crc = new CRC32C();
    crc.update(pixels);
    crc.update(mask);
    crc.update(ByteBuffer.allocate(4).putInt(Integer.reverseBytes(label)).flip());
    return crc.getValue();
  }
}
