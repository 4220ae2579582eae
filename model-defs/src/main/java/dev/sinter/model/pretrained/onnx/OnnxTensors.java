package dev.sinter.model.pretrained.onnx;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.ElementType;
import dev.sinter.model.pretrained.WeightTensor;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

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
    ByteArrayOutputStream floats = new ByteArrayOutputStream(); // little-endian, as in the file
    LongStream.Builder wholes = LongStream.builder();
    long typeNumber = 0;
    String name = "";
    ByteBuffer raw = null;
    while (message.next()) {
      switch (message.field()) {
        case 1 -> numbers(message, sides::add);
        case 2 -> typeNumber = message.number();
        case 4 -> {
          if (message.isBytes()) {
            ByteBuffer packed = message.bytes();
            byte[] part = new byte[packed.remaining()];
            packed.get(part);
            floats.writeBytes(part);
          } else {
            int bits = Integer.reverseBytes(Float.floatToRawIntBits(message.real()));
            floats.writeBytes(ByteBuffer.allocate(Float.BYTES).putInt(bits).array());
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
    ByteBuffer bytes =
        raw != null
            ? raw
            : type == ElementType.F32
                ? ByteBuffer.wrap(floats.toByteArray()).order(ByteOrder.LITTLE_ENDIAN)
                : listed(type, wholes.build().toArray());
    if (size(shape, type) != bytes.capacity()) {
      throw new BufferUnderflowException();
    }
    return new WeightTensor(name, shape, type, () -> bytes);
  }

  /** Bytes of a tensor; sides whose product is beyond all numbers are an arithmetic error. */
  private static long size(long[] shape, ElementType type) {
    long size = type.bytes();
    for (long side : shape) {
      if (side < 0) {
        throw new BufferUnderflowException();
      }
      size = Math.multiplyExact(size, side);
    }
    return size;
  }

  private static ByteBuffer listed(ElementType type, long[] wholes) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(wholes.length, type.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long whole : wholes) {
      switch (type) {
        case I64 -> bytes.putLong(whole);
        case I32 -> bytes.putInt((int) whole);
        case I16, F16, BF16 -> bytes.putShort((short) whole);
        case I8, U8, BOOL -> bytes.put((byte) whole);
        case F32, F64 -> throw unsupported("a tensor lists " + type + " as whole numbers");
      }
    }
    return bytes.flip();
  }

  /** One number or packed ones. */
  static void numbers(ProtoReader message, LongConsumer numbers) {
    if (message.isBytes()) {
      for (ProtoReader packed = message.message(); packed.hasRemaining(); ) {
        numbers.accept(packed.varint());
      }
    } else {
      numbers.accept(message.number());
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
