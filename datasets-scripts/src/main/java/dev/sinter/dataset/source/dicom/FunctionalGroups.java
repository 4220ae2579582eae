package dev.sinter.dataset.source.dicom;

import java.util.List;
import java.util.Optional;

/**
 * Attributes of single frames: from the frame's functional groups, then the shared ones (PS3.3
 * section C.7.6.16), then the data set itself, as images of one frame have them.
 */
final class FunctionalGroups {
  private final DataSet data;
  private final Optional<DataSet> shared;
  private final List<DataSet> frames;

  private FunctionalGroups(DataSet data, Optional<DataSet> shared, List<DataSet> frames) {
    this.data = data;
    this.shared = shared;
    this.frames = frames;
  }

  static FunctionalGroups of(DataSet data) {
    return new FunctionalGroups(
        data,
        data.item(Tags.SHARED_FUNCTIONAL_GROUPS),
        data.items(Tags.PER_FRAME_FUNCTIONAL_GROUPS));
  }

  /** Whether frames can differ in a group. */
  boolean differIn(int sequenceTag) {
    return frames.stream().anyMatch(frame -> frame.has(sequenceTag));
  }

  /** The numbers of an attribute within a functional group, none when nobody says it. */
  double[] numbers(int frame, int sequenceTag, int tag) {
    return holder(frame, sequenceTag, tag).numbersIfAny(tag);
  }

  /** The same of an attribute that decides what values mean: what is no number is refused. */
  double[] strictNumbers(int frame, int sequenceTag, String name, int tag) {
    return holder(frame, sequenceTag, tag).numbers(name, tag);
  }

  private DataSet holder(int frame, int sequenceTag, int tag) {
    for (Optional<DataSet> source : List.of(perFrame(frame), shared)) {
      Optional<DataSet> item = source.flatMap(groups -> groups.item(sequenceTag));
      if (item.isPresent() && item.get().has(tag)) {
        return item.get();
      }
    }
    return data;
  }

  private Optional<DataSet> perFrame(int frame) {
    return frame < frames.size() ? Optional.of(frames.get(frame)) : Optional.empty();
  }

  /** How many frames have groups of their own: all, or only one that stands for all. */
  int describedFrames(int count) {
    return frames.size() >= count && count > 1 ? count : 1;
  }

  Plane plane(int frame) {
    double[] position = numbers(frame, Tags.PLANE_POSITION, Tags.IMAGE_POSITION);
    double[] orientation = numbers(frame, Tags.PLANE_ORIENTATION, Tags.IMAGE_ORIENTATION);
    double[] spacing = numbers(frame, Tags.PIXEL_MEASURES, Tags.PIXEL_SPACING);
    if (spacing.length != 2) {
      spacing = data.numbersIfAny(Tags.IMAGER_PIXEL_SPACING);
    }
    boolean known = spacing.length == 2 && isLength(spacing[0]) && isLength(spacing[1]);
    return new Plane(
        position.length == 3 ? position : new double[0],
        orientation.length == 6 ? orientation : new double[0],
        known ? spacing[0] : 0,
        known ? spacing[1] : 0);
  }

  /** Between neighbouring slices, PS3.3 C.7.6.2.1.1: as stated, else their thickness; else 0. */
  double sliceSpacing() {
    for (int tag : new int[] {Tags.SPACING_BETWEEN_SLICES, Tags.SLICE_THICKNESS}) {
      double[] value = numbers(0, Tags.PIXEL_MEASURES, tag);
      if (value.length > 0 && isLength(Math.abs(value[0]))) {
        return Math.abs(value[0]);
      }
    }
    return 0;
  }

  private static boolean isLength(double value) {
    return value > 0 && value < 1e6;
  }
}
