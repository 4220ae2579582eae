package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.PixelType;
import dev.sinter.dataset.source.Geometry;
import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.Scaling;
import dev.sinter.dataset.source.StoredValues;
import dev.sinter.dataset.source.VoxelType;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Puts slices behind each other. Where they differ in type, slope or intercept, as in PET, values
 * are rescaled and kept as 32-bit floats.
 */
final class VolumeBuilder {
  private final int count;
  private final List<RawImage> slices = new ArrayList<>();

  VolumeBuilder(int count) {
    this.count = count;
  }

  static RawVolume ofOne(RawImage image, Geometry geometry) {
    VolumeBuilder builder = new VolumeBuilder(1);
    builder.add(image);
    return builder.volume(geometry, List.of());
  }

  void add(RawImage slice) {
    if (slices.isEmpty() && (long) slice.pixels().length * count > Integer.MAX_VALUE - 16) {
      throw DicomErrors.tooLarge(count + " slices of " + slice.pixels().length + " bytes");
    }
    slices.add(slice);
  }

  RawVolume volume(Geometry geometry, List<String> notes) {
    RawImage first = slices.get(0);
    boolean alike =
        slices.stream()
            .allMatch(
                slice ->
                    slice.type() == first.type()
                        && slice.scaling().equals(first.scaling())
                        && slice.channels() == first.channels());
    if (slices.stream().anyMatch(slice -> slice.channels() != first.channels())) {
      throw DicomErrors.data(
          "DICOM_SERIES_MIXED",
          first.format() + ": the slices of one series differ in colour",
          "Put gray and coloured images into folders of their own.");
    }
    VoxelType type = alike ? first.type() : VoxelType.FLOAT32;
    TreeSet<String> all = new TreeSet<>(notes);
    if (!alike) {
      all.add("slope and intercept differ between slices and are applied");
    }
    int sliceBytes = first.channels() * first.height() * first.width() * type.bytes();
    if ((long) sliceBytes * slices.size() > Integer.MAX_VALUE - 16) {
      throw DicomErrors.tooLarge(slices.size() + " slices of " + sliceBytes + " bytes");
    }
    byte[] stored = new byte[sliceBytes * slices.size()];
    for (int z = 0; z < slices.size(); z++) {
      RawImage slice = slices.set(z, null);
      all.addAll(slice.notes());
      byte[] planes = alike ? slice.pixels() : RawImage.encode(PixelType.FLOAT32, slice.values());
      byte[] pixels = StoredValues.interleaved(planes, first.channels(), type.bytes());
      System.arraycopy(pixels, 0, stored, z * sliceBytes, sliceBytes);
    }
    int[] dimensions = {first.width(), first.height(), slices.size()};
    Scaling scaling = alike ? first.scaling() : Scaling.NONE;
    return new RawVolume(
        first.format(),
        dimensions,
        first.channels(),
        type,
        scaling,
        geometry,
        stored,
        List.copyOf(all));
  }
}
