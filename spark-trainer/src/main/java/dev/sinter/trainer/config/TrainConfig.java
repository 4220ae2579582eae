package dev.sinter.trainer.config;

import java.io.Serializable;
import java.util.List;

/**
 * The keys under {@code train}.
 *
 * @param epochs passes over the train split
 * @param lanes slots of the global batch, a power of two
 * @param microBatchSize samples that one lane takes at a time
 * @param seed seeds initial weights, order, augmentation and dropout
 * @param output the run directory: checkpoints, curves, report
 * @param loss {@code cross-entropy} or {@code dice-cross-entropy}
 * @param keepCheckpoints how many of the latest checkpoints are kept, beside the best one
 * @param nonFinite what becomes of steps whose loss or gradient is not finite
 * @param augment random changes of the training images
 * @param classBalanced whether samples of all classes come equally often
 */
public record TrainConfig(
    int epochs,
    int lanes,
    int microBatchSize,
    long seed,
    String output,
    String loss,
    int keepCheckpoints,
    NonFiniteConfig nonFinite,
    AugmentConfig augment,
    boolean classBalanced) {

  /**
   * What becomes of steps whose loss or gradient norm is NaN or infinite.
   *
   * @param policy {@code stop}, {@code skip} or {@code roll-back}
   * @param limit steps in a row that may be skipped, or roll-backs of a run, before it stops
   * @param rollBackRate what the learning rate is multiplied with at each roll-back
   */
  public record NonFiniteConfig(String policy, int limit, double rollBackRate) {
    /** Ends the run. */
    public static final String STOP = "stop";

    /** Goes on with the next step. */
    public static final String SKIP = "skip";

    /** Goes back to the last checkpoint and on with a lower rate. */
    public static final String ROLL_BACK = "roll-back";

    static NonFiniteConfig read(ConfigSection section) {
      return new NonFiniteConfig(
          section.oneOf("on-non-finite", STOP, List.of(STOP, SKIP, ROLL_BACK)),
          section.integer("non-finite-limit", 5, 1, 1_000_000),
          section.number("roll-back-rate", 0.5, 1e-9, 1));
    }
  }

  /**
   * The keys under {@code train.augment}; everything is off by default.
   *
   * @param flipHorizontal mirror left and right, with probability 1/2
   * @param flipVertical mirror up and down, with probability 1/2
   * @param rotateDegrees rotation drawn from -x to x
   * @param cropPixels shift drawn from -x to x pixels in each direction, as a padded random crop
   * @param scale zoom factor drawn from 1 - x to 1 + x
   * @param brightness shift of the normalised values drawn from -x to x
   * @param contrast factor on the normalised values drawn from 1 - x to 1 + x
   * @param flipDepth mirror first and last slice of a volume, with probability 1/2
   * @param quarterTurns turn by multiples of 90 degrees, with probability 3/4
   * @param elastic largest displacement of the nodes of a smooth field, in pixels
   * @param gamma power drawn from 1 / (1 + x) to 1 + x
   * @param noise standard deviation drawn from 0 to x
   * @param cutout share of each side of an erased block, drawn from x / 2 to x
   * @param mixup parameter of the Beta distribution; 0 is off
   */
  public record AugmentConfig(
      boolean flipHorizontal,
      boolean flipVertical,
      double rotateDegrees,
      int cropPixels,
      double scale,
      double brightness,
      double contrast,
      boolean flipDepth,
      boolean quarterTurns,
      double elastic,
      double gamma,
      double noise,
      double cutout,
      double mixup)
      implements Serializable {
    static AugmentConfig read(ConfigSection section) {
      AugmentConfig augment =
          new AugmentConfig(
              section.flag("flip-horizontal", false),
              section.flag("flip-vertical", false),
              section.number("rotate-degrees", 0, 0, 180),
              section.integer("crop-pixels", 0, 0, 1024),
              section.number("scale", 0, 0, 0.9),
              section.number("brightness", 0, 0, 10),
              section.number("contrast", 0, 0, 1),
              section.flag("flip-depth", false),
              section.flag("quarter-turns", false),
              section.number("elastic", 0, 0, 256),
              section.number("gamma", 0, 0, 4),
              section.number("noise", 0, 0, 10),
              section.number("cutout", 0, 0, 0.9),
              section.number("mixup", 0, 0, 4));
      section.reportUnknownKeys();
      return augment;
    }

    /** Whether it needs rows and columns of pixels. */
    boolean isSpatial() {
      return flipHorizontal
          || flipVertical
          || flipDepth
          || quarterTurns
          || rotateDegrees + cropPixels + scale + elastic + cutout > 0;
    }
  }

  static TrainConfig read(ConfigSection section, String task) {
    boolean segmentation = task.equals("segmentation");
    TrainConfig train =
        new TrainConfig(
            section.integer("epochs", 10, 1, 1_000_000),
            section.integer("lanes", 4, 1, 4096),
            section.integer("micro-batch-size", 8, 1, 65536),
            section.whole("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE),
            section.requiredUri("output", "the folder of the run: checkpoints, curves, report"),
            section.oneOf(
                "loss",
                segmentation ? "dice-cross-entropy" : "cross-entropy",
                segmentation
                    ? List.of("cross-entropy", "dice-cross-entropy")
                    : List.of("cross-entropy")),
            section.integer("keep-checkpoints", 1, 1, 1_000_000),
            NonFiniteConfig.read(section),
            AugmentConfig.read(section.section("augment")),
            section.flag("class-balanced", false));
    section.reportUnknownKeys();
    if (train.augment.mixup > 0 && (segmentation || train.microBatchSize == 1)) {
      section.problem(
          "augment.mixup",
          segmentation
              ? "mixes classes of whole samples; it is for classification"
              : "mixes the samples of a micro-batch, of which train.micro-batch-size has one");
    }
    if (Integer.bitCount(train.lanes) != 1) {
      section.problem(
          "lanes",
          train.lanes
              + " is not a power of two; the nearest are "
              + Integer.highestOneBit(train.lanes)
              + " and "
              + 2 * Integer.highestOneBit(train.lanes));
    }
    return train;
  }
}
