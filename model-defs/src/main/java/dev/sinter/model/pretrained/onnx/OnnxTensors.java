package dev.sinter.model.pretrained.onnx;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.ElementType;
import dev.sinter.model.pretrained.WeightTensor;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The message {@code TensorProto}. */
final class OnnxTensors {
  private static final Map<Long, ElementType> TYPES =
      Map.of(
          1L, ElementType.F32,
          2L, ElementType.U8,
          3L, ElementType.I8,
          5L, ElementType.I16,
          6L, ElementType.I32,
          7L, ElementType.I64,
          9L, ElementType.BOOL,
          10L, ElementType.F16,
          11L, ElementType.F64,
          16L, ElementType.BF16);

  private OnnxTensors() {}

  /** Reads a tensor, whose values are raw bytes or a list of numbers. */
  static WeightTensor read(ProtoReader message) {
    List<Long> sides = new ArrayList<>();
    List<Float> floats = new ArrayList<>();
    List<Long> wholes = new ArrayList<>();
    long typeNumber = 0;
    String name = "";
    ByteBuffer raw = null;
    while (message.next()) {
      switch (message.field()) {
        case 1 -> numbers(message, sides);
        case 2 -> typeNumber = message.number();
        case 4 -> {
          if (message.isBytes()) {
            ByteBuffer packed = message.bytes();
            while (packed.hasRemaining()) {
              floats.add(packed.getFloat());
            }
          } else {
            floats.add(message.real());
          }
        }
        case 5, 7 -> numbers(message, wholes);
        case 8 -> name = message.text();
        case 9 -> raw = message.bytes();
        case 13, 14 -> {
          if (message.isBytes() || message.number() == 1) {
            throw unsupported("tensor \"" + name + "\" lies in another file");
          }
        }
        default -> message.skip();
      }
    }
    ElementType type = TYPES.get(typeNumber);
    if (type == null) {
      throw unsupported("tensor \"" + name + "\" has ONNX's element type " + typeNumber);
    }
    long[] shape = sides.stream().mapToLong(Long::longValue).toArray();
    ByteBuffer bytes = raw != null ? raw : listed(type, floats, wholes);
    WeightTensor tensor = new WeightTensor(name, shape, type, () -> bytes);
    if (tensor.length() < 0 || tensor.length() * type.bytes() != bytes.capacity()) {
      throw new BufferUnderflowException();
    }
    return tensor;
  }

  private static ByteBuffer listed(ElementType type, List<Float> floats, List<Long> wholes) {
    int count = type == ElementType.F32 ? floats.size() : wholes.size();
    ByteBuffer bytes = ByteBuffer.allocate(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (type) {
        case F32 -> bytes.putFloat(floats.get(i));
        case I64 -> bytes.putLong(wholes.get(i));
        case I32 -> bytes.putInt(wholes.get(i).intValue());
        case I16, F16, BF16 -> bytes.putShort(wholes.get(i).shortValue());
        case I8, U8, BOOL -> bytes.put(wholes.get(i).byteValue());
        case F64 -> throw unsupported("a tensor lists double values");
      }
    }
    return bytes.flip();
  }

  /** One number or packed ones. */
  static void numbers(ProtoReader message, List<Long> numbers) {
    if (message.isBytes()) {
      for (ProtoReader packed = message.message(); packed.hasRemaining(); ) {
        numbers.add(packed.varint());
      }
    } else {
      numbers.add(message.number());
    }
  }

  static SinterException unsupported(String what) {
    return new SinterException(
        ErrorCategory.DATA,
        "WEIGHTS_UNSUPPORTED",
        what,
        "Export the network again with its weights inside one file, in single precision.");
  }
}
