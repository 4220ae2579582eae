package dev.sinter.trainer.data;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a training sample may be changed, as in {@code train.augment}. Image and mask go through
 * the same geometry; intensities change in the image alone.
 *
 * @param horizontalFlip probability of mirroring left and right
 * @param verticalFlip probability of mirroring top and bottom
 * @param rotationDegrees largest rotation either way, about the centre
 * @param translatePixels largest shift either way, in whole pixels on each axis; the same as
 *     padding by that much and cropping at random
 * @param scaleMin smallest magnification
 * @param scaleMax largest magnification
 * @param brightness largest shift either way, in units of the normalised image
 * @param contrast normalised values are multiplied by 1 - contrast ... 1 + contrast
 * @param depthFlip probability of mirroring the first and last slice of a volume
 * @param quarterTurns probability of turning by 90, 180 or 270 degrees in a plane with equal sides
 * @param elasticPixels largest displacement of the nodes of a smooth field, in pixels on each axis
 * @param gamma values between the sample's least and largest are raised to a power between 1 / (1 +
 *     gamma) and 1 + gamma
 * @param noise largest standard deviation of noise, in units of the normalised image
 * @param cutout largest share of each side of a block that becomes the normalised 0
 * @param mixup both parameters of the Beta distribution that says how much of another sample of the
 *     micro-batch is mixed in; 0: nothing
 */
public record Augmentation(
    float horizontalFlip,
    float verticalFlip,
    float rotationDegrees,
    int translatePixels,
    float scaleMin,
    float scaleMax,
    float brightness,
    float contrast,
    float depthFlip,
    float quarterTurns,
    float elasticPixels,
    float gamma,
    float noise,
    float cutout,
    float mixup)
    implements Serializable {

  private static final Augmentation NONE = new Augmentation(0, 0, 0, 0, 1, 1, 0, 0);

  /** Flips, rotation, shift, scale, brightness and contrast alone. */
  public Augmentation(
      float horizontalFlip,
      float verticalFlip,
      float rotationDegrees,
      int translatePixels,
      float scaleMin,
      float scaleMax,
      float brightness,
      float contrast) {
    this(
        horizontalFlip,
        verticalFlip,
        rotationDegrees,
        translatePixels,
        scaleMin,
        scaleMax,
        brightness,
        contrast,
        0,
        0,
        0,
        0,
        0,
        0,
        0);
  }

  /**
   * Checks all values.
   *
   * @throws SinterException {@code AUGMENTATION_OUT_OF_RANGE}, which names every value out of range
   */
  public Augmentation {
    List<String> problems = new ArrayList<>();
    within(problems, "horizontal-flip", horizontalFlip, 0, 1);
    within(problems, "vertical-flip", verticalFlip, 0, 1);
    within(problems, "rotation-degrees", rotationDegrees, 0, 180);
    within(problems, "translate-pixels", translatePixels, 0, 1 << 20);
    within(problems, "scale-min", scaleMin, 0.01f, 100);
    within(problems, "scale-max", scaleMax, Math.max(0.01f, scaleMin), 100);
    within(problems, "brightness", brightness, 0, 100);
    within(problems, "contrast", contrast, 0, 1);
    within(problems, "depth-flip", depthFlip, 0, 1);
    within(problems, "quarter-turns", quarterTurns, 0, 1);
    within(problems, "elastic", elasticPixels, 0, 256);
    within(problems, "gamma", gamma, 0, 4);
    within(problems, "noise", noise, 0, 10);
    within(problems, "cutout", cutout, 0, 0.9f);
    within(problems, "mixup", mixup, 0, 4);
    if (!problems.isEmpty()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "AUGMENTATION_OUT_OF_RANGE",
          String.join("; ", problems) + ".",
          "Correct these keys of train.augment.");
    }
  }

  /** Everything off: the default. */
  public static Augmentation none() {
    return NONE;
  }

  /** Whether samples stay as they are, each for itself; they may still be mixed. */
  boolean leavesSamples() {
    return equals(new Augmentation(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, mixup));
  }

  private static void within(
      List<String> problems, String key, float value, float least, float most) {
    if (!(value >= least && value <= most)) {
      problems.add(
          "train.augment." + key + " is " + value + ", allowed is " + least + " to " + most);
    }
  }
}
