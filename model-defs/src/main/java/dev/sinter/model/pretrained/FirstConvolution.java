package dev.sinter.model.pretrained;

/**
 * Fits the kernels of a first convolution to another number of input channels.
 *
 * <p>One channel: the sum over the file's channels, which is what the file's network computes of a
 * grey image whose channels are equal. More: channel {@code c} takes the file's channel {@code c
 * mod n}, times {@code n / channels}, so that the convolution's output keeps its magnitude.
 */
final class FirstConvolution {
  private FirstConvolution() {}

  /** What {@link #adapted} does, for the report. */
  static String description(long from, long to) {
    return to == 1
        ? "summed over " + from + " input channels"
        : "spread from " + from + " to " + to + " input channels";
  }

  /**
   * Computes the kernels.
   *
   * @param values in the file's order
   * @param shape in the file
   * @param form of the network's kernels, whose view is (outputs, inputs, ...)
   */
  static float[] adapted(float[] values, long[] shape, TensorForm form) {
    int axis = inputAxis(form);
    int from = (int) shape[axis];
    int to = (int) form.shape()[axis];
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= (int) shape[i];
    }
    int outer = values.length / (from * inner);
    float[] result = new float[outer * to * inner];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        for (int c = 0; c < Math.max(from, to); c++) {
          float value = values[(o * from + c % from) * inner + i];
          if (to == 1) {
            result[o * inner + i] += value;
          } else if (c < to) {
            result[(o * to + c) * inner + i] = value * from / to;
          }
        }
      }
    }
    return result;
  }

  /** The file's axis with the input channels. */
  static int inputAxis(TensorForm form) {
    for (int axis = 0; axis < form.axes().length; axis++) {
      if (form.axes()[axis] == 1) {
        return axis;
      }
    }
    throw new IllegalArgumentException(form.name() + " has no input channels");
  }
}
