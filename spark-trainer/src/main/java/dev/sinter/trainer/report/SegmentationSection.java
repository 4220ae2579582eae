package dev.sinter.trainer.report;

import java.util.List;

/**
 * Result of a segmentation on the test split.
 *
 * @param classes names in mask-value order; the first is the background
 * @param meanDice mean over the foreground classes
 * @param overlaps one per foreground class, in order
 * @param volumes mean foreground Dice of each reassembled volume
 * @param examples slices or images to show, in this order
 */
public record SegmentationSection(
    List<String> classes,
    double meanDice,
    List<Overlap> overlaps,
    List<Volume> volumes,
    List<Example> examples)
    implements EvaluationSection {

  /**
   * Agreement of one class with the truth, a mean over volumes. NaN where undefined.
   *
   * @param name of the class
   * @param dice 0 to 1
   * @param iou 0 to 1
   * @param hd95 95th percentile of the surface distance in mm
   */
  public record Overlap(String name, double dice, double iou, double hd95) {}

  /**
   * Agreement of one volume.
   *
   * @param id of the volume
   * @param dice mean over the foreground classes; NaN when none is present
   */
  public record Volume(String id, double dice) {}

  /**
   * One segmented slice or image.
   *
   * @param picture the image
   * @param truth class index per pixel, row major
   * @param prediction class index per pixel, row major
   * @param dice of this picture, mean over the foreground classes; NaN when none is present
   */
  public record Example(ExamplePicture picture, byte[] truth, byte[] prediction, double dice) {
    /** Checks that the masks fit the picture. */
    public Example {
      int pixels = picture.height() * picture.width();
      if (truth.length != pixels || prediction.length != pixels) {
        throw new IllegalArgumentException(
            "masks of %d and %d labels for picture %s of %d pixels"
                .formatted(truth.length, prediction.length, picture.id(), pixels));
      }
    }
  }

  /** Copies the lists. */
  public SegmentationSection {
    classes = List.copyOf(classes);
    overlaps = List.copyOf(overlaps);
    volumes = List.copyOf(volumes);
    examples = List.copyOf(examples);
  }
}
