package dev.sinter.model.pretrained.onnx;

import dev.sinter.model.pretrained.WeightTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One node of a graph.
 *
 * @param operator such as {@code Conv}
 * @param name its own or its first output's
 * @param inputs names of values; empty for one that is left out
 * @param outputs names of values
 * @param attributes by name: {@code Long}, {@code Float}, {@code String}, {@code WeightTensor} or a
 *     list of {@code Long} or {@code Float}
 */
record OnnxNode(
    String operator,
    String name,
    List<String> inputs,
    List<String> outputs,
    Map<String, Object> attributes) {

  static OnnxNode read(ProtoReader message) {
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, Object> attributes = new LinkedHashMap<>();
    String operator = "";
    String name = "";
    while (message.next()) {
      switch (message.field()) {
        case 1 -> inputs.add(message.text());
        case 2 -> outputs.add(message.text());
        case 3 -> name = message.text();
        case 4 -> operator = message.text();
        case 5 -> readAttribute(message.message(), attributes);
        default -> message.skip();
      }
    }
    return new OnnxNode(
        operator,
        name.isEmpty() && !outputs.isEmpty() ? outputs.get(0) : name,
        List.copyOf(inputs),
        List.copyOf(outputs),
        attributes);
  }

  private static void readAttribute(ProtoReader message, Map<String, Object> attributes) {
    String name = "";
    Object value = null;
    List<Long> wholes = new ArrayList<>();
    List<Float> reals = new ArrayList<>();
    while (message.next()) {
      switch (message.field()) {
        case 1 -> name = message.text();
        case 2 -> value = message.real();
        case 3 -> value = message.number();
        case 4 -> value = message.text();
        case 5 -> value = OnnxTensors.read(message.message());
        case 7 -> {
          if (message.isBytes()) {
            var packed = message.bytes();
            while (packed.hasRemaining()) {
              reals.add(packed.getFloat());
            }
          } else {
            reals.add(message.real());
          }
        }
        case 8 -> OnnxTensors.numbers(message, wholes::add);
        default -> message.skip();
      }
    }
    attributes.put(
        name, value != null ? value : !wholes.isEmpty() ? List.copyOf(wholes) : List.copyOf(reals));
  }

  long whole(String attribute, long otherwise) {
    return attributes.get(attribute) instanceof Long value ? value : otherwise;
  }

  float real(String attribute, float otherwise) {
    return attributes.get(attribute) instanceof Float value ? value : otherwise;
  }

  String text(String attribute, String otherwise) {
    return attributes.get(attribute) instanceof String value ? value : otherwise;
  }

  /** A list of whole numbers, or nothing. */
  int[] wholes(String attribute) {
    return attributes.get(attribute) instanceof List<?> list
        ? list.stream().mapToInt(value -> Math.toIntExact((Long) value)).toArray()
        : new int[0];
  }

  /** A tensor, or nothing. */
  WeightTensor tensor(String attribute) {
    return attributes.get(attribute) instanceof WeightTensor tensor ? tensor : null;
  }

  boolean hasInput(int index) {
    return inputs.size() > index && !inputs.get(index).isEmpty();
  }
}
