package dev.sinter.dataset.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers of little-endian bytes. */
public final class StoredValues {

  private StoredValues() {}

  /** All values after their scaling, computed in double precision and rounded once. */
  static float[] floats(VoxelType type, byte[] stored, Scaling scaling) {
    ByteBuffer buffer = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[stored.length / type.bytes()];
    if (type == VoxelType.FLOAT32 && scaling.isNone()) {
      buffer.asFloatBuffer().get(values);
      return values;
    }
    if (type == VoxelType.UINT8 && scaling.isNone()) { // most images by far
      for (int i = 0; i < values.length; i++) {
        values[i] = stored[i] & 0xff;
      }
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) scaling.apply(type.value(buffer, i));
    }
    return values;
  }

  /** Turns the bytes of each number round, in place. */
  public static void swap(byte[] stored, int width) {
    for (int start = 0; start + width <= stored.length; start += width) {
      for (int low = start, high = start + width - 1; low < high; low++, high--) {
        byte kept = stored[low];
        stored[low] = stored[high];
        stored[high] = kept;
      }
    }
  }

  /** Channels beside each other become planes. */
  public static byte[] planes(byte[] stored, int channels, int width) {
    if (channels == 1) {
      return stored;
    }
    int area = stored.length / width / channels;
    byte[] planes = new byte[stored.length];
    for (int i = 0; i < area; i++) {
      for (int channel = 0; channel < channels; channel++) {
        System.arraycopy(
            stored, (i * channels + channel) * width, planes, (channel * area + i) * width, width);
      }
    }
    return planes;
  }

  /** Planes become channels beside each other. */
  public static byte[] interleaved(byte[] planes, int channels, int width) {
    return channels == 1 ? planes : planes(planes, planes.length / width / channels, width);
  }

  /**
   * Turns an array whose first axis is fastest into one whose last axis is fastest.
   *
   * @param shape in the array's own order of axes; only its order in memory changes
   */
  static byte[] fortranToC(byte[] stored, int[] shape, int width) {
    int[] index = new int[shape.length];
    int[] steps = new int[shape.length];
    int step = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      steps[axis] = step;
      step *= shape[axis];
    }
    byte[] result = new byte[stored.length];
    int from = 0;
    for (int to = 0; to < result.length; to += width) {
      for (int i = 0; i < width; i++) {
        result[to + i] = stored[from * width + i];
      }
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        from += steps[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        from -= steps[axis] * shape[axis];
        index[axis] = 0;
      }
    }
    return result;
  }
}
