package dev.sinter.trainer.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * An off-heap, 64-byte aligned, zero-initialised vector of float32 (or, in tests of the engines,
 * float64).
 *
 * <p>Owned by whoever allocated it. Engines make tensors over {@link #address()}, so it must
 * outlive their replicas.
 */
public final class FlatVector implements AutoCloseable {
  private static final int ALIGNMENT = 64;

  /** Element type. */
  public enum Precision {
    /** 32-bit IEEE 754. */
    FLOAT32(4),
    /** 64-bit IEEE 754, for comparing engines. */
    FLOAT64(8);

    private final int bytes;

    Precision(int bytes) {
      this.bytes = bytes;
    }

    /** Bytes per element. */
    public int bytes() {
      return bytes;
    }
  }

  private final BytePointer memory;
  private final long length;
  private final Precision precision;
  private final long address;

  private FlatVector(long length, Precision precision) {
    this.length = length;
    this.precision = precision;
    long bytes = length * precision.bytes();
    this.memory = allocate(bytes + ALIGNMENT);
    Pointer.memset(memory, 0, bytes + ALIGNMENT);
    this.address = (memory.address() + ALIGNMENT - 1) & -ALIGNMENT;
  }

  private static BytePointer allocate(long bytes) {
    try {
      return new BytePointer(bytes);
    } catch (OutOfMemoryError e) {
      throw MemoryLimits.explain("a vector of " + bytes + " bytes finds no room", e);
    }
  }

  /** Allocates {@code length} float32 zeros. */
  public static FlatVector ofFloats(long length) {
    return new FlatVector(length, Precision.FLOAT32);
  }

  /** Allocates {@code length} float64 zeros. */
  public static FlatVector ofDoubles(long length) {
    return new FlatVector(length, Precision.FLOAT64);
  }

  /** Number of elements. */
  public long length() {
    return length;
  }

  /** Element type. */
  public Precision precision() {
    return precision;
  }

  /** Address of the first element, a multiple of 64. */
  public long address() {
    return address;
  }

  /** A view of all elements, of at most 2^31 - 1 floats. */
  public FloatBuffer floats() {
    return floats(0, Math.toIntExact(length));
  }

  /** A view of {@code count} elements from {@code offset}. */
  public FloatBuffer floats(long offset, int count) {
    if (precision != Precision.FLOAT32) {
      throw new IllegalStateException("a float view of a " + precision + " vector");
    }
    return bytes(offset, count).asFloatBuffer();
  }

  /** The bytes of {@code count} elements from {@code offset}, in native order. */
  public ByteBuffer bytes(long offset, int count) {
    if (offset < 0 || count < 0 || offset + count > length) {
      throw new IndexOutOfBoundsException(offset + " + " + count + " of " + length);
    }
    if (count == 0) {
      // javacpp takes a capacity of 0 for 1.
      return ByteBuffer.allocateDirect(0).order(ByteOrder.nativeOrder());
    }
    // By address: a copy of the pointer would share its deallocator, and keep its int positions.
    MemoryAddress start = new MemoryAddress(address + offset * precision.bytes());
    return new BytePointer(start)
        .capacity((long) count * precision.bytes())
        .asByteBuffer()
        .order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    memory.close();
  }
}
