package dev.sinter.model;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;

/** What networks ask of their spec. */
final class SpecChecks {
  private SpecChecks() {}

  /** Requires samples of the one kind that the network takes. */
  static void inputKind(ModelSpec spec, InputShape.Kind taken) {
    if (spec.input().kind() != taken) {
      throw usage(
          "MODEL_INPUT_MISMATCH",
          spec.name()
              + " takes "
              + taken.plural()
              + " ("
              + taken.axes()
              + "), but was asked for with "
              + spec.input().kind().plural()
              + " of "
              + spec.input(),
          "Choose a network for "
              + spec.input().kind().plural()
              + "; `sinter models` lists all with their inputs.");
    }
  }

  static void channelsAndClasses(ModelSpec spec) {
    if (spec.channels() < 1) {
      throw usage(
          "CHANNELS_TOO_FEW",
          spec.name()
              + " was asked for with "
              + spec.channels()
              + " as the number of input channels",
          "Give at least 1 channel: 1 for grey images, 3 for colour.");
    }
    if (spec.classes() < 2) {
      throw usage(
          "CLASSES_TOO_FEW",
          spec.name() + " was asked for with " + spec.classes() + " as the number of classes",
          "Give at least 2 classes; the background of a segmentation counts as one.");
    }
  }

  /**
   * Requires both sides to be at least {@code minimum}.
   *
   * @param alternative another way out, such as {@code ", or set model.options.stem to small"}
   */
  static void minimumSize(ModelSpec spec, int minimum, String alternative) {
    if (spec.height() < minimum || spec.width() < minimum) {
      throw usage(
          "IMAGE_TOO_SMALL_FOR_MODEL",
          spec.name()
              + " needs images of at least "
              + minimum
              + "x"
              + minimum
              + ", but they are "
              + spec.height()
              + "x"
              + spec.width()
              + " (height x width)",
          "Resize the images to " + minimum + "x" + minimum + " or more" + alternative + ".");
    }
  }

  /** Requires sequences of at least that many steps. */
  static void minimumSteps(ModelSpec spec, int minimum) {
    if (spec.input().steps() < minimum) {
      throw usage(
          "SEQUENCE_TOO_SHORT_FOR_MODEL",
          spec.name()
              + " needs sequences of at least "
              + minimum
              + " step(s), but they have "
              + spec.input().steps(),
          "Give longer sequences, or pad them.");
    }
  }

  /** Requires both sides to be multiples of 2 to the power of {@code depth}. */
  static void divisibleSize(ModelSpec spec, int depth) {
    int step = 1 << depth;
    if (spec.height() % step == 0 && spec.width() % step == 0) {
      return;
    }
    // The number of halvings that both sides allow.
    int smaller = Integer.numberOfTrailingZeros(spec.height() | spec.width());
    String alternative = smaller == 0 ? "" : ", or set model.options.depth to " + smaller;
    throw usage(
        "IMAGE_SIZE_NOT_DIVISIBLE",
        spec.name()
            + " with depth "
            + depth
            + " needs a height and width that are multiples of "
            + step
            + ", but they are "
            + spec.height()
            + "x"
            + spec.width(),
        "Pad or resize the height to "
            + nearest(spec.height(), step)
            + " and the width to "
            + nearest(spec.width(), step)
            + alternative
            + ".");
  }

  private static String nearest(int size, int step) {
    int below = size / step * step;
    if (below == size) {
      return String.valueOf(size);
    }
    return below + " or " + (below + step);
  }

  private static SinterException usage(String code, String problem, String remedy) {
    return new SinterException(ErrorCategory.USAGE, code, problem, remedy);
  }
}
