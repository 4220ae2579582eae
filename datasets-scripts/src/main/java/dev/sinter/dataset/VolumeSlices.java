package dev.sinter.dataset;

import dev.sinter.dataset.source.NiftiType;
import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawVolume;
import java.util.List;

/**
 * A volume as a stack of 2-D images along one of its stored axes.
 *
 * <p>Of the two other axes the lower one runs along a row: cutting along z gives images of height y
 * and width x.
 */
final class VolumeSlices {
  private final RawVolume volume;
  private final float[] values;
  private final int axis;
  private final int columns;
  private final int rows;

  VolumeSlices(RawVolume volume, int axis) {
    this.volume = volume;
    this.values = volume.values();
    this.axis = axis;
    this.columns = axis == 0 ? 1 : 0;
    this.rows = axis == 2 ? 1 : 2;
  }

  static int height(RawVolume volume, int axis) {
    return volume.extent(axis == 2 ? 1 : 2);
  }

  static int width(RawVolume volume, int axis) {
    return volume.extent(axis == 0 ? 1 : 0);
  }

  float[] values() {
    return values;
  }

  int count() {
    return volume.extent(axis);
  }

  int height() {
    return volume.extent(rows);
  }

  int width() {
    return volume.extent(columns);
  }

  List<Float> spacing() {
    return List.of(volume.spacing(rows), volume.spacing(columns), volume.spacing(axis));
  }

  /** Index of a pixel of a slice in the volume, x fastest. */
  int index(int slice, int y, int x) {
    int[] at = new int[3];
    at[axis] = slice;
    at[rows] = y;
    at[columns] = x;
    return (at[2] * volume.extent(1) + at[1]) * volume.extent(0) + at[0];
  }

  RawImage slice(int slice) {
    float[] plane = new float[height() * width()];
    for (int y = 0; y < height(); y++) {
      for (int x = 0; x < width(); x++) {
        plane[y * width() + x] = values[index(slice, y, x)];
      }
    }
    PixelType type = pixelType(volume);
    return new RawImage(volume.format(), 1, height(), width(), type, RawImage.encode(type, plane));
  }

  /** The smallest type of sample that holds the volume's values without a loss. */
  static PixelType pixelType(RawVolume volume) {
    NiftiType type = volume.header().type();
    if (volume.isScaled()) {
      return PixelType.FLOAT32;
    }
    return switch (type) {
      case UINT8 -> PixelType.UINT8;
      case INT8, INT16 -> PixelType.INT16;
      case UINT16 -> PixelType.UINT16;
      case INT32, UINT32, FLOAT32, FLOAT64 -> PixelType.FLOAT32;
    };
  }
}
