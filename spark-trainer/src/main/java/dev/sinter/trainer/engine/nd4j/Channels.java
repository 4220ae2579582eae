package dev.sinter.trainer.engine.nd4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Passes over images (n, c, h, w) in C order that treat each channel alike. */
final class Channels {
  private static final int SCALES = 1;
  private static final int SHIFTS = 1;
  private static final int CHANNEL_AXIS = 1;

  private Channels() {}

  /**
   * (n, c, ...) as (n, c, h, w): a volume's slices one below the other, other positions in a row.
   */
  static INDArray images(INDArray values, DataType type) {
    INDArray array = Contiguous.of(values.castTo(type));
    long samples = array.size(0);
    long channels = array.size(1);
    return switch (array.rank()) {
      case 4 -> array;
      case 5 -> array.reshape(samples, channels, array.size(2) * array.size(3), array.size(4));
      default -> array.reshape(samples, channels, 1, array.length() / samples / channels);
    };
  }

  /** Sums (c) over samples and pixels. */
  static INDArray sums(INDArray images) {
    // One dimension after the other: faster than at once, and it rounds a hundred times less.
    return images.sum(3).sum(2).sum(0);
  }

  /**
   * {@code (images - mean) / sqrt(variance + epsilon) * scale + shift}.
   *
   * @param images what is read
   * @param mean (c)
   * @param variance (c)
   * @param scale (c)
   * @param shift (c)
   * @param epsilon added to the variance
   * @param output receives it; may be the images
   */
  static void normalise(
      INDArray images,
      INDArray mean,
      INDArray variance,
      INDArray scale,
      INDArray shift,
      double epsilon,
      INDArray output) {
    SampleChunks.of(images)
        .forEach(
            (from, to) ->
                Nd4j.exec(
                    DynamicCustomOp.builder("batchnorm")
                        .addInputs(
                            SampleChunks.part(images, from, to), mean, variance, scale, shift)
                        .addOutputs(SampleChunks.part(output, from, to))
                        .addIntegerArguments(SCALES, SHIFTS, CHANNEL_AXIS)
                        .addFloatingPointArguments(epsilon)
                        .build()));
  }

  /** {@code images * scale + shift}, which ND4J's normalisation does faster than its broadcasts. */
  static void scaleAndShift(INDArray images, INDArray scale, INDArray shift, INDArray output) {
    normalise(images, zeros(scale), zeros(scale).addi(1), scale, shift, 0, output);
  }

  /** {@code images - mean}. */
  static void centre(INDArray images, INDArray mean, INDArray output) {
    INDArray zeros = zeros(mean);
    INDArray ones = zeros.add(1);
    normalise(images, mean, ones, ones, zeros, 0, output);
  }

  static INDArray zeros(INDArray like) {
    return Nd4j.zeros(like.dataType(), like.shape());
  }
}
