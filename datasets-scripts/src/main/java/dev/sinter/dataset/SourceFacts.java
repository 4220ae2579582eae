package dev.sinter.dataset;

import java.io.Serializable;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the verification found out about one source.
 *
 * @param index of the entry
 * @param rejection why it is not taken, or null
 * @param shape extents and type
 * @param constant whether all values are equal
 * @param content SHA-256 of the file
 * @param mask SHA-256 of the mask's file; {@link Sha256#NONE} without one
 * @param maskBytes size of the mask's file
 * @param pixels equal for pixel-identical sources
 * @param maskValues distinct values of its mask
 * @param tags what the file says of its patient and picture
 */
record SourceFacts(
    int index,
    Rejection rejection,
    SourceShape shape,
    boolean constant,
    Sha256 content,
    Sha256 mask,
    long maskBytes,
    Sha256 pixels,
    SortedSet<Integer> maskValues,
    SourceTags tags)
    implements Serializable {

  Optional<Rejection> rejected() {
    return Optional.ofNullable(rejection);
  }

  boolean volume() {
    return shape.volume();
  }

  int height() {
    return shape.height();
  }

  int width() {
    return shape.width();
  }

  int slices() {
    return shape.slices();
  }

  int channels() {
    return shape.channels();
  }

  PixelType pixelType() {
    return shape.pixelType();
  }

  static SourceFacts rejected(int index, Rejection rejection) {
    return new SourceFacts(
        index,
        rejection,
        SourceShape.NONE,
        false,
        Sha256.NONE,
        Sha256.NONE,
        0,
        Sha256.NONE,
        new TreeSet<>(),
        SourceTags.NONE);
  }
}
