package dev.sinter.dataset.source;

import java.util.Arrays;
import java.util.List;

/**
 * One array of a container.
 *
 * @param name in the container
 * @param shape slowest axis first; empty for a single number
 * @param type of the values
 * @param stored little-endian, C order (last axis fastest)
 */
public record RawArray(String name, List<Integer> shape, VoxelType type, byte[] stored) {

  /** Checks that the bytes match the shape. */
  public RawArray {
    shape = List.copyOf(shape);
    long expected = shape.contains(0) ? 0 : type.bytes(); // the other extents may be any
    for (int extent : shape) {
      expected = expected == 0 ? 0 : Math.multiplyExact(expected, (long) extent);
    }
    if (expected != stored.length) {
      throw new IllegalArgumentException(stored.length + " bytes, " + shape + " needs " + expected);
    }
  }

  /** Number of samples: the extent of the first axis. */
  public int samples() {
    return shape.isEmpty() ? 1 : shape.get(0);
  }

  /** All values, C order. */
  public float[] values() {
    return StoredValues.floats(type, stored, Scaling.NONE);
  }

  /**
   * One sample along the first axis as an image (rows, columns), (rows, columns, 3) or a volume
   * (slices, rows, columns).
   *
   * @param format of the container
   * @throws dev.sinter.error.SinterException {@code ARRAY_NOT_AN_IMAGE}
   */
  public RawSource sample(String format, int index) {
    if (shape.isEmpty() || index < 0 || index >= shape.get(0)) {
      throw new IndexOutOfBoundsException("sample " + index + " of " + samples());
    }
    int bytes = stored.length / shape.get(0);
    byte[] part = Arrays.copyOfRange(stored, index * bytes, (index + 1) * bytes);
    return new RawArray(name + "[" + index + "]", shape.subList(1, shape.size()), type, part)
        .source(format);
  }

  /**
   * The whole array as an image or a volume. 2 axes are (rows, columns), 3 are (slices, rows,
   * columns), more are time and the like before them; a last axis of 1, 3 or 4 behind at least two
   * axes longer than 4 is channels, the fourth of them alpha.
   *
   * @throws dev.sinter.error.SinterException {@code ARRAY_NOT_AN_IMAGE}
   */
  public RawSource source(String format) {
    int axes = shape.size();
    int channels = channels();
    int spatial = channels == 0 ? axes : axes - 1;
    if (axes < 2 || spatial > 7 || stored.length == 0) {
      throw SourceErrors.data(
          "ARRAY_NOT_AN_IMAGE",
          name + ": an array of shape " + shape + " is no image and no volume",
          "Save images as (rows, columns[, 3]) and volumes as (slices, rows, columns).");
    }
    int kept = channels == 4 ? 3 : Math.max(1, channels);
    byte[] values = channels == 4 ? withoutFourth() : stored;
    List<String> notes = channels == 4 ? List.of(SourceNotes.ALPHA_DROPPED) : List.of();
    if (spatial == 2) {
      return new RawImage(
          format,
          kept,
          shape.get(0),
          shape.get(1),
          type,
          StoredValues.planes(values, kept, type.bytes()),
          Scaling.NONE,
          Geometry.UNKNOWN,
          notes);
    }
    int[] dimensions = new int[spatial];
    for (int axis = 0; axis < spatial; axis++) {
      dimensions[axis] = shape.get(spatial - 1 - axis);
    }
    return new RawVolume(
        format, dimensions, kept, type, Scaling.NONE, Geometry.UNKNOWN, values, notes);
  }

  /** Length of the last axis if it is one of channels, else 0. */
  private int channels() {
    int axes = shape.size();
    int last = axes < 3 ? 0 : shape.get(axes - 1);
    boolean colour = last == 1 || last == 3 || last == 4;
    for (int axis = Math.max(0, axes - 3); axis < axes - 1; axis++) {
      colour &= shape.get(axis) > 4;
    }
    return colour ? last : 0;
  }

  private byte[] withoutFourth() {
    int width = type.bytes();
    byte[] kept = new byte[stored.length / 4 * 3];
    for (int from = 0, to = 0; from < stored.length; from += 4 * width, to += 3 * width) {
      System.arraycopy(stored, from, kept, to, 3 * width);
    }
    return kept;
  }
}
