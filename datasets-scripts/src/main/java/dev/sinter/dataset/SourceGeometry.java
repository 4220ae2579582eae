package dev.sinter.dataset;

import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import java.io.Serializable;

/**
 * How large a source is when its samples are made: along the slice axis, after the transforms.
 *
 * @param sliceAxis axis that volumes are cut along
 * @param transforms what is done before the fit
 */
record SourceGeometry(int sliceAxis, Transforms transforms) implements Serializable {

  static SourceGeometry of(PrepareRequest request) {
    return new SourceGeometry(request.sliceAxis(), request.sampling().transforms());
  }

  /** {@code [slices, rows, columns]}; an image is one slice. */
  int[] extents(RawSource source) {
    if (source instanceof RawImage image) {
      if (!transforms.isGeometric()) {
        return new int[] {1, image.height(), image.width()};
      }
      int[] extents = VolumeGeometry.of(image, transforms).extents();
      extents[0] = 1;
      return extents;
    }
    RawVolume volume = (RawVolume) source;
    if (!transforms.isGeometric()) {
      return new int[] {
        volume.extent(sliceAxis),
        volume.extent(sliceAxis == 2 ? 1 : 2),
        volume.extent(sliceAxis == 0 ? 1 : 0)
      };
    }
    return VolumeGeometry.of(
            VolumeGrid.of(volume, sliceAxis), VolumeGeometry.spacing(volume, sliceAxis), transforms)
        .extents();
  }
}
