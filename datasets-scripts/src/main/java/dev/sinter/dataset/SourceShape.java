package dev.sinter.dataset;

import java.io.Serializable;
import java.util.List;

/**
 * Extents of a source; few differ within a collection, so the driver keeps one of each.
 *
 * @param volume whether it is a volume
 * @param height of an image or slice
 * @param width of an image or slice
 * @param slices number of samples
 * @param channels 1 or 3
 * @param pixelType of its samples
 * @param spacing in mm: rows, columns, slices; empty when unknown
 */
record SourceShape(
    boolean volume,
    int height,
    int width,
    int slices,
    int channels,
    PixelType pixelType,
    List<Float> spacing)
    implements Serializable {
  /** Of a source that was not read. */
  static final SourceShape NONE = new SourceShape(false, 0, 0, 0, 0, PixelType.UINT8, List.of());

  /** Such as {@code 3 x 512 x 512 uint8}: channels, [slices,] height, width, type. */
  String text() {
    return channels
        + " x "
        + (volume ? slices + " x " : "")
        + height
        + " x "
        + width
        + " "
        + pixelType.name().toLowerCase(java.util.Locale.ROOT);
  }
}
