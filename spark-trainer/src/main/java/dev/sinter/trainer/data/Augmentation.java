package dev.sinter.trainer.data;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
 */
public record Augmentation(
    float horizontalFlip,
    float verticalFlip,
    float rotationDegrees,
    int translatePixels,
    float scaleMin,
    float scaleMax,
    float brightness,
    float contrast)
    implements Serializable {

  private static final Augmentation NONE = new Augmentation(0, 0, 0, 0, 1, 1, 0, 0);

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

  /**
   * Reads {@code train.augment}; what is absent stays off.
   *
   * @throws SinterException {@code AUGMENTATION_UNKNOWN} or {@code AUGMENTATION_OUT_OF_RANGE}
   */
  public static Augmentation of(Map<String, ? extends Number> options) {
    List<String> known =
        List.of(
            "horizontal-flip",
            "vertical-flip",
            "rotation-degrees",
            "translate-pixels",
            "scale-min",
            "scale-max",
            "brightness",
            "contrast");
    List<String> unknown =
        options.keySet().stream().filter(key -> !known.contains(key)).sorted().toList();
    if (!unknown.isEmpty()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "AUGMENTATION_UNKNOWN",
          "train.augment has unknown keys " + unknown + ".",
          "Use any of " + known + ".");
    }
    float translatePixels = value(options, "translate-pixels", NONE.translatePixels);
    if (translatePixels != Math.rint(translatePixels)) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "AUGMENTATION_OUT_OF_RANGE",
          "train.augment.translate-pixels is " + translatePixels + ", not a whole number.",
          "Correct this key of train.augment.");
    }
    return new Augmentation(
        value(options, "horizontal-flip", NONE.horizontalFlip),
        value(options, "vertical-flip", NONE.verticalFlip),
        value(options, "rotation-degrees", NONE.rotationDegrees),
        (int) translatePixels,
        value(options, "scale-min", NONE.scaleMin),
        value(options, "scale-max", NONE.scaleMax),
        value(options, "brightness", NONE.brightness),
        value(options, "contrast", NONE.contrast));
  }

  private static float value(
      Map<String, ? extends Number> options, String key, float valueIfAbsent) {
    Number value = options.get(key);
    return value == null ? valueIfAbsent : value.floatValue();
  }

  private static void within(
      List<String> problems, String key, float value, float least, float most) {
    if (!(value >= least && value <= most)) {
      problems.add(
          "train.augment." + key + " is " + value + ", allowed is " + least + " to " + most);
    }
  }
}
