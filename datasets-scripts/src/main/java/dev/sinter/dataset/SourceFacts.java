package dev.sinter.dataset;

import java.io.Serializable;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What the verification found out about one source.
 *
 * @param index of the entry
 * @param rejection why it is not taken, or null
 * @param volume whether it is a volume
 * @param height of an image or slice
 * @param width of an image or slice
 * @param slices number of samples
 * @param channels 1 or 3
 * @param pixelType of its samples
 * @param constant whether all values are equal
 * @param sha256 of the file
 * @param maskSha256 of the mask's file; empty without one
 * @param maskBytes size of the mask's file
 * @param pixelHash equal for pixel-identical sources
 * @param maskValues distinct values of its mask
 */
record SourceFacts(
    int index,
    Rejection rejection,
    boolean volume,
    int height,
    int width,
    int slices,
    int channels,
    PixelType pixelType,
    boolean constant,
    String sha256,
    String maskSha256,
    long maskBytes,
    String pixelHash,
    SortedSet<Integer> maskValues)
    implements Serializable {

  Optional<Rejection> rejected() {
    return Optional.ofNullable(rejection);
  }

  static SourceFacts rejected(int index, Rejection rejection) {
    return new SourceFacts(
        index,
        rejection,
        false,
        0,
        0,
        0,
        0,
        PixelType.UINT8,
        false,
        "",
        "",
        0,
        "",
        new java.util.TreeSet<>());
  }
}
