package dev.sinter.model;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

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
   * Requires all sides to be at least {@code minimum}.
   *
   * @param alternative another way out, such as {@code ", or set model.options.stem to small"}
   */
  static void minimumSize(ModelSpec spec, int minimum, String alternative) {
    if (spec.input().positions().stream().anyMatch(size -> size < minimum)) {
      InputShape.Kind kind = spec.input().kind();
      String smallest = product(Collections.nCopies(spec.input().positions().size(), minimum));
      throw usage(
          "IMAGE_TOO_SMALL_FOR_MODEL",
          spec.name()
              + " needs "
              + kind.plural()
              + " of at least "
              + smallest
              + ", but they are "
              + product(spec.input().positions())
              + " ("
              + kind.axes().replace("channels x ", "")
              + ")",
          "Resize the " + kind.plural() + " to " + smallest + " or more" + alternative + ".");
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

  /** Requires all sides to be multiples of 2 to the power of {@code depth}. */
  static void divisibleSize(ModelSpec spec, int depth) {
    int step = 1 << depth;
    List<Integer> sizes = spec.input().positions();
    if (sizes.stream().allMatch(size -> size % step == 0)) {
      return;
    }
    // The number of halvings that all sides allow.
    int smaller = Integer.numberOfTrailingZeros(sizes.stream().reduce(0, (a, b) -> a | b));
    boolean isVolume = spec.input().kind() == InputShape.Kind.VOLUME;
    String alternative = smaller == 0 ? "" : ", or set model.options.depth to " + smaller;
    throw usage(
        "IMAGE_SIZE_NOT_DIVISIBLE",
        spec.name()
            + " with depth "
            + depth
            + (isVolume ? " needs a depth, height" : " needs a height")
            + " and width that are multiples of "
            + step
            + ", but they are "
            + product(sizes),
        "Pad or resize "
            + (isVolume ? "the depth to " + nearest(spec.input().depth(), step) + ", " : "")
            + "the height to "
            + nearest(spec.height(), step)
            + " and the width to "
            + nearest(spec.width(), step)
            + alternative
            + ".");
  }

  private static String product(List<Integer> sizes) {
    return sizes.stream().map(String::valueOf).collect(Collectors.joining("x"));
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
