package dev.sinter.dataset;

import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawVolume;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Values of a volume in the order of samples: slices along the chosen axis, then rows, then
 * columns. An image is a grid with a slice per channel.
 *
 * @param values (depth, height, width) row major
 * @param depth slices
 * @param height rows
 * @param width columns
 */
record VolumeGrid(float[] values, int depth, int height, int width) {

  static VolumeGrid of(RawImage image) {
    return new VolumeGrid(image.values(), image.channels(), image.height(), image.width());
  }

  /** The first channel of a volume. */
  static VolumeGrid of(RawVolume volume, int axis) {
    return channel(volume, axis, 0, volume.values());
  }

  /** All channels of a volume. */
  static List<VolumeGrid> channels(RawVolume volume, int axis) {
    float[] stored = volume.values();
    return IntStream.range(0, volume.channels())
        .mapToObj(channel -> channel(volume, axis, channel, stored))
        .toList();
  }

  private static VolumeGrid channel(RawVolume volume, int axis, int channel, float[] stored) {
    Order order = Order.of(volume, axis);
    int channels = volume.channels();
    float[] values = new float[stored.length / channels];
    order.forEach((at, source) -> values[at] = stored[source * channels + channel]);
    return new VolumeGrid(values, order.depth(), order.height(), order.width());
  }

  /** Classes of a volume's voxels, x fastest, in the order of the grid. */
  static byte[] ordered(byte[] classes, RawVolume volume, int axis) {
    byte[] result = new byte[classes.length];
    Order.of(volume, axis).forEach((at, source) -> result[at] = classes[source]);
    return result;
  }

  /** Classes in the order of the grid as the volume's voxels, x fastest. */
  static byte[] stored(byte[] classes, RawVolume volume, int axis) {
    byte[] result = new byte[classes.length];
    Order.of(volume, axis).forEach((at, source) -> result[source] = classes[at]);
    return result;
  }

  /**
   * The smallest type of sample that holds a volume's values without a loss; several channels may
   * be normalised each for itself.
   */
  static PixelType pixelType(RawVolume volume) {
    return volume.isScaled() || volume.channels() > 1
        ? PixelType.FLOAT32
        : volume.type().pixelType();
  }

  /** {@code [depth, height, width]}. */
  int[] extents() {
    return new int[] {depth, height, width};
  }

  /** The least value. */
  float least() {
    float least = Float.POSITIVE_INFINITY;
    for (float value : values) {
      least = Math.min(least, value);
    }
    return least;
  }

  private interface Visitor {
    void visit(int at, int source);
  }

  /** Extents and strides of the axes of a volume, x fastest, in the order of its samples. */
  private record Order(int depth, int height, int width, int[] strides) {
    static Order of(RawVolume volume, int axis) {
      int columns = axis == 0 ? 1 : 0;
      int rows = axis == 2 ? 1 : 2;
      int[] strideOf = {1, volume.extent(0), volume.extent(0) * volume.extent(1)};
      return new Order(
          volume.extent(axis),
          volume.extent(rows),
          volume.extent(columns),
          new int[] {strideOf[axis], strideOf[rows], strideOf[columns]});
    }

    void forEach(Visitor visitor) {
      int at = 0;
      for (int z = 0; z < depth; z++) {
        for (int y = 0; y < height; y++) {
          int source = z * strides[0] + y * strides[1];
          for (int x = 0; x < width; x++) {
            visitor.visit(at++, source);
            source += strides[2];
          }
        }
      }
    }
  }
}
