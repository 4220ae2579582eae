package dev.sinter.model.pretrained.onnx;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of a protocol buffer message one by one: {@link #next}, then the value of the
 * field or {@link #skip}.
 */
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteBuffer bytes;
  private int field;
  private int wire;

  ProtoReader(ByteBuffer bytes) {
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Goes to the next field; false at the end. */
  boolean next() {
    if (!bytes.hasRemaining()) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    wire = (int) (tag & 7);
    if (field == 0) {
      throw new BufferUnderflowException();
    }
    return true;
  }

  int field() {
    return field;
  }

  /** Whether the field holds bytes: a text, a message, or packed numbers. */
  boolean isBytes() {
    return wire == BYTES;
  }

  long number() {
    if (wire != VARINT) {
      throw new BufferUnderflowException();
    }
    return varint();
  }

  float real() {
    if (wire != FIXED32) {
      throw new BufferUnderflowException();
    }
    return bytes.getFloat();
  }

  String text() {
    return StandardCharsets.UTF_8.decode(bytes()).toString();
  }

  ProtoReader message() {
    return new ProtoReader(bytes());
  }

  /** The field's bytes, in little-endian order. */
  ByteBuffer bytes() {
    if (wire != BYTES) {
      throw new BufferUnderflowException();
    }
    long length = varint();
    if (length < 0 || length > bytes.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer part = bytes.slice(bytes.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(bytes.position() + (int) length);
    return part;
  }

  boolean hasRemaining() {
    return bytes.hasRemaining();
  }

  /** A number without a tag, of a packed field's bytes. */
  long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = bytes.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new BufferUnderflowException();
  }

  void skip() {
    switch (wire) {
      case VARINT -> varint();
      case FIXED64 -> bytes.getLong();
      case BYTES -> bytes();
      case FIXED32 -> bytes.getInt();
      default -> throw new BufferUnderflowException();
    }
  }
}
