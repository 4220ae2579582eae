package dev.sinter.model.pretrained;

import static dev.sinter.model.pretrained.WeightFile.unreadable;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * The safetensors format: eight bytes with the length of a JSON header, the header with type, shape
 * and place of every tensor, then their values, little-endian and without gaps.
 *
 * <p>The reader is strict: what lies outside the file, overlaps or leaves a gap is refused, so that
 * a truncated file is never half loaded. Values are mapped into memory when they are asked for.
 */
public final class SafetensorsFile {
  /** The limit of the format's own library. */
  private static final long HEADER_LIMIT = 100_000_000;

  private static final String METADATA = "__metadata__";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private SafetensorsFile() {}

  private record Place(WeightTensor tensor, long begin, long end) {}

  /**
   * Reads the header.
   *
   * @throws dev.sinter.error.SinterException {@code WEIGHTS_UNREADABLE}
   */
  public static WeightFile read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      if (size < 8) {
        throw unreadable(file.toString(), "it has " + size + " bytes");
      }
      long headerLength =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
      if (headerLength < 2 || headerLength > Math.min(HEADER_LIMIT, size - 8)) {
        throw unreadable(
            file.toString(),
            "its header should have "
                + Long.toUnsignedString(headerLength)
                + " bytes, the file has "
                + size);
      }
      byte[] header = new byte[(int) headerLength];
      channel.map(FileChannel.MapMode.READ_ONLY, 8, headerLength).get(header);
      return parse(file, new String(header, StandardCharsets.UTF_8), 8 + headerLength, size);
    } catch (IOException e) {
      throw unreadable(file.toString(), e.toString(), e);
    }
  }

  private static WeightFile parse(Path file, String header, long dataStart, long size) {
    List<Place> places = new ArrayList<>();
    try {
      JsonNode root = JSON.readTree(header);
      if (!root.isObject()) {
        throw unreadable(file.toString(), "its header is not a JSON object");
      }
      for (Iterator<Map.Entry<String, JsonNode>> i = root.fields(); i.hasNext(); ) {
        Map.Entry<String, JsonNode> entry = i.next();
        if (!entry.getKey().equals(METADATA)) {
          places.add(place(file, entry.getKey(), entry.getValue(), dataStart));
        }
      }
    } catch (JsonProcessingException e) {
      throw unreadable(file.toString(), "its header is damaged: " + e.getOriginalMessage(), e);
    }
    places.sort(Comparator.comparingLong(Place::begin).thenComparingLong(Place::end));
    long expected = 0;
    for (Place place : places) {
      if (place.begin() != expected) {
        throw unreadable(
            file.toString(),
            "tensor \""
                + place.tensor().name()
                + "\" begins at byte "
                + place.begin()
                + " of the data, where "
                + expected
                + " was due: tensors overlap or leave a gap");
      }
      expected = place.end();
    }
    if (dataStart + expected != size) {
      throw unreadable(
          file.toString(),
          "it has " + size + " bytes, its header describes " + (dataStart + expected));
    }
    return WeightFile.of(file.toString(), places.stream().map(Place::tensor).toList());
  }

  private static Place place(Path file, String name, JsonNode entry, long dataStart) {
    String source = file.toString();
    String typeName = entry.path("dtype").asText();
    ElementType type =
        ElementType.named(typeName)
            .orElseThrow(
                () ->
                    WeightFile.unsupported(
                        source,
                        "tensor \"" + name + "\" has the type \"" + typeName + "\"",
                        "Convert it to F32 before importing it."));
    JsonNode offsets = entry.path("data_offsets");
    if (!entry.path("shape").isArray()
        || offsets.size() != 2
        || !offsets.get(0).canConvertToLong()
        || !offsets.get(1).canConvertToLong()) {
      throw unreadable(source, "tensor \"" + name + "\" has no shape or place");
    }
    long begin = offsets.get(0).asLong();
    long end = offsets.get(1).asLong();
    long[] shape = new long[entry.path("shape").size()];
    long bytes = type.bytes();
    try {
      for (int i = 0; i < shape.length; i++) {
        JsonNode side = entry.path("shape").get(i);
        shape[i] = side.canConvertToLong() && side.isIntegralNumber() ? side.asLong() : -1;
        if (shape[i] < 0) {
          throw unreadable(source, "tensor \"" + name + "\" has the shape " + entry.path("shape"));
        }
        bytes = Math.multiplyExact(bytes, shape[i]);
      }
    } catch (ArithmeticException e) {
      throw unreadable(source, "tensor \"" + name + "\" has the shape " + entry.path("shape"), e);
    }
    if (begin < 0 || end < begin || end - begin != bytes) {
      throw unreadable(
          source,
          "tensor \"" + name + "\" takes " + (end - begin) + " bytes, its shape needs " + bytes);
    }
    long length = bytes;
    return new Place(
        new WeightTensor(name, shape, type, () -> map(file, dataStart + begin, length)),
        begin,
        end);
  }

  private static ByteBuffer map(Path file, long offset, long length) {
    if (length > Integer.MAX_VALUE) {
      throw unreadable(
          file.toString(),
          "a tensor of it takes " + length + " bytes, at most " + Integer.MAX_VALUE + " are read");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, offset, length)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw unreadable(file.toString(), e.toString(), e);
    }
  }

  /** Writes tensors as F32, in the order given. */
  public static void write(Collection<WeightTensor> tensors, OutputStream stream)
      throws IOException {
    ObjectNode header = JSON.createObjectNode();
    header.putObject(METADATA).put("format", "pt"); // what torch's loaders ask for
    long offset = 0;
    for (WeightTensor tensor : tensors) {
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", ElementType.F32.name());
      var shape = entry.putArray("shape");
      for (long side : tensor.shape()) {
        shape.add(side);
      }
      long end = offset + tensor.length() * Float.BYTES;
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    String text = JSON.writeValueAsString(header);
    // The data begins on a multiple of 8 bytes.
    text += " ".repeat((8 - text.getBytes(StandardCharsets.UTF_8).length % 8) % 8);
    byte[] headerBytes = text.getBytes(StandardCharsets.UTF_8);
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stream));
    out.writeLong(Long.reverseBytes(headerBytes.length));
    out.write(headerBytes);
    for (WeightTensor tensor : tensors) {
      float[] values = tensor.floats();
      ByteBuffer bytes =
          ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      out.write(bytes.array());
    }
    out.flush();
  }
}
