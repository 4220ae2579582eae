package dev.sinter.trainer.tracking;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads event files as TensorBoard does, without any code of Sinter's: records with a checksum bit
 * by bit, messages by protobuf's own parser, files in the order of their names, and a session start
 * that drops what was there of its step and later ones.
 */
public final class EventFileReader {
  private final SortedMap<String, List<Point>> series = new TreeMap<>();
  private final List<String> versions = new ArrayList<>();

  /** A value, a text or a plugin's data at a step. */
  public record Point(long step, double value, ByteString text, ByteString pluginData) {}

  private EventFileReader() {}

  /** All files of a folder. */
  public static EventFileReader read(Path folder) throws IOException {
    EventFileReader reader = new EventFileReader();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files.filter(path -> path.toString().contains("tfevents")).sorted().toList()) {
        reader.take(Files.readAllBytes(file));
      }
    }
    return reader;
  }

  /** One file. */
  static EventFileReader of(byte[] file) throws IOException {
    EventFileReader reader = new EventFileReader();
    reader.take(file);
    return reader;
  }

  /** Names to their points, in the order in which they were written. */
  public SortedMap<String, List<Point>> series() {
    return series;
  }

  /** Step to value of a name; a step that is there twice is an error. */
  public Map<Long, Double> scalars(String tag) {
    Map<Long, Double> values = new TreeMap<>();
    for (Point point : series.getOrDefault(tag, List.of())) {
      if (values.put(point.step(), point.value()) != null) {
        throw new AssertionError(tag + " has two values at step " + point.step());
      }
    }
    return values;
  }

  /** What the files say of their format. */
  List<String> versions() {
    return versions;
  }

  private void take(byte[] file) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    boolean first = true;
    while (buffer.remaining() >= 12) {
      byte[] length = new byte[8];
      buffer.get(length);
      requireChecksum(length, buffer.getInt());
      int size = Math.toIntExact(ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong());
      if (buffer.remaining() < size + 4) {
        return; // its writer was killed
      }
      byte[] data = new byte[size];
      buffer.get(data);
      requireChecksum(data, buffer.getInt());
      event(UnknownFieldSet.parseFrom(data), first);
      first = false;
    }
  }

  private void event(UnknownFieldSet event, boolean first) throws IOException {
    if (first != event.hasField(3)) {
      throw new AssertionError("the version has to be in the first record, and there alone");
    }
    if (Double.longBitsToDouble(event.getField(1).getFixed64List().get(0)) < 1e8) {
      throw new AssertionError("no time in " + event);
    }
    if (first) {
      versions.add(event.getField(3).getLengthDelimitedList().get(0).toStringUtf8());
      return;
    }
    long step = event.getField(2).getVarintList().get(0);
    for (ByteString log : event.getField(7).getLengthDelimitedList()) {
      if (UnknownFieldSet.parseFrom(log).getField(1).getVarintList().get(0) == 1) {
        series.values().forEach(points -> points.removeIf(point -> point.step() >= step));
      }
    }
    for (ByteString summary : event.getField(5).getLengthDelimitedList()) {
      for (ByteString value :
          UnknownFieldSet.parseFrom(summary).getField(1).getLengthDelimitedList()) {
        value(UnknownFieldSet.parseFrom(value), step);
      }
    }
  }

  private void value(UnknownFieldSet value, long step) throws IOException {
    String tag = value.getField(1).getLengthDelimitedList().get(0).toStringUtf8();
    double number =
        value.hasField(2)
            ? Float.intBitsToFloat(value.getField(2).getFixed32List().get(0))
            : Double.NaN;
    ByteString text = ByteString.EMPTY;
    for (ByteString tensor : value.getField(8).getLengthDelimitedList()) {
      for (ByteString string :
          UnknownFieldSet.parseFrom(tensor).getField(8).getLengthDelimitedList()) {
        text = string;
      }
    }
    ByteString plugin = ByteString.EMPTY;
    for (ByteString metadata : value.getField(9).getLengthDelimitedList()) {
      for (ByteString data :
          UnknownFieldSet.parseFrom(metadata).getField(1).getLengthDelimitedList()) {
        plugin = UnknownFieldSet.parseFrom(data).getField(2).getLengthDelimitedList().get(0);
      }
    }
    series
        .computeIfAbsent(tag, name -> new ArrayList<>())
        .add(new Point(step, number, text, plugin));
  }

  private static void requireChecksum(byte[] data, int masked) {
    int crc = ~0;
    for (byte next : data) {
      crc ^= next & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ 0x82f63b78;
      }
    }
    crc = ~crc;
    int expected = ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
    if (expected != masked) {
      throw new AssertionError("a checksum is wrong");
    }
  }
}
