package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.Scaling;
import java.util.Optional;

/**
 * From values to the units of the modality, PS3.3 section C.11.1.
 *
 * @param frames slope and intercept of each frame, or one for all
 * @param table instead of them; empty when there is none
 */
record Modality(Scaling[] frames, Optional<LookupTable> table) {

  static Modality of(DataSet data, FunctionalGroups groups, PixelFormat format) {
    Optional<LookupTable> table =
        data.item(Tags.MODALITY_LUT)
            .flatMap(
                item ->
                    LookupTable.of(
                        item, "Modality LUT", Tags.LUT_DESCRIPTOR, Tags.LUT_DATA, format.signed()));
    boolean differ = groups.differIn(Tags.PIXEL_VALUE_TRANSFORMATION);
    Scaling[] frames = new Scaling[differ ? format.frames() : 1];
    boolean same = true;
    for (int frame = 0; frame < frames.length; frame++) {
      frames[frame] = scaling(groups, frame);
      same &= frames[frame].equals(frames[0]);
    }
    return new Modality(same ? new Scaling[] {frames[0]} : frames, table);
  }

  /** A slope of 0 would make every value equal; writers that mean "none" give it. */
  private static Scaling scaling(FunctionalGroups groups, int frame) {
    int sequence = Tags.PIXEL_VALUE_TRANSFORMATION;
    double[] slope = groups.strictNumbers(frame, sequence, "Rescale Slope", Tags.RESCALE_SLOPE);
    double[] intercept =
        groups.strictNumbers(frame, sequence, "Rescale Intercept", Tags.RESCALE_INTERCEPT);
    if (slope.length == 0 || slope[0] == 0) {
      slope = new double[] {1};
    }
    requireFinite("Rescale Slope", Tags.RESCALE_SLOPE, slope);
    requireFinite("Rescale Intercept", Tags.RESCALE_INTERCEPT, intercept);
    return new Scaling(slope[0], intercept.length == 0 ? 0 : intercept[0]);
  }

  /** A text such as 1e999 is a number, of a size that none can have. */
  private static void requireFinite(String name, int tag, double[] numbers) {
    if (numbers.length > 0 && !Double.isFinite(numbers[0])) {
      throw DicomErrors.attribute(name, tag, "is " + numbers[0]);
    }
  }

  boolean isOneForAll() {
    return frames.length == 1;
  }

  Scaling scaling(int frame) {
    return frames[isOneForAll() ? 0 : frame];
  }
}
