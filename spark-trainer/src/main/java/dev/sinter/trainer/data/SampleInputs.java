package dev.sinter.trainer.data;

import dev.sinter.dataset.Normalization;
import dev.sinter.dataset.PixelType;
import dev.sinter.dataset.Sample;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.Batch;
import java.util.List;

/**
 * What a network is fed with of a sample: its stored values, normalised. Confined to one thread.
 */
public final class SampleInputs {
  private static final float LEAST_STD = 1e-12f;

  private final Normalization normalization;
  private float[] decoded = new float[0];

  /** Inputs of a model whose dataset was normalised so. */
  public SampleInputs(Normalization normalization) {
    this.normalization = normalization;
  }

  /**
   * Puts a sample into a place of a batch.
   *
   * @throws SinterException {@code INPUT_SHAPE_MISMATCH}, {@code NORMALIZATION_CHANNELS_MISMATCH}
   */
  public void put(Sample sample, int place, Batch batch) {
    int channels = sample.channels();
    int positions = sample.positions();
    int length = channels * positions;
    if (batch.inputs().capacity() != batch.samples() * length) {
      throw new SinterException(
          ErrorCategory.DATA,
          "INPUT_SHAPE_MISMATCH",
          "the network takes " + batch.sampleShape() + ", " + sample.id() + " is " + sample.shape(),
          "give files of the kind that the model was trained on");
    }
    requireChannels(normalization, channels);
    decoded = decoded.length == length ? decoded : new float[length];
    decode(
        normalization,
        sample.pixels(),
        sample.pixelType(),
        positions,
        sample.intensityMean(),
        sample.intensityStd(),
        1,
        0,
        decoded);
    put(decoded, place, batch, sample.depth(), sample.height() * sample.width());
  }

  /** Normalises stored values: {@code contrast * (value - mean) / std + brightness}. */
  static void decode(
      Normalization normalization,
      byte[] stored,
      PixelType type,
      int positions,
      float ownMean,
      float ownStd,
      float contrast,
      float brightness,
      float[] decoded) {
    boolean own = normalization.kind() == Normalization.Kind.SOURCE;
    for (int channel = 0; channel < decoded.length / positions; channel++) {
      float mean = own ? ownMean : normalization.mean().get(channel);
      float std = own ? ownStd : normalization.std().get(channel);
      // A constant image has no std to divide by; it becomes zeros.
      float scale = std > LEAST_STD && std < Float.POSITIVE_INFINITY ? contrast / std : contrast;
      PixelDecoder.decode(
          stored, type, channel * positions, positions, mean, scale, brightness, decoded);
    }
  }

  /** A sequence is stored frame by frame, and fed with the frames' pixels as channels. */
  static void put(float[] image, int place, Batch batch, int steps, int frame) {
    int start = place * image.length;
    if (batch.sampleShape().size() != 2) {
      batch.inputs().put(start, image);
      return;
    }
    int positions = steps * frame;
    for (int channel = 0; channel < image.length / positions; channel++) {
      for (int pixel = 0; pixel < frame; pixel++) {
        int to = start + (channel * frame + pixel) * steps;
        int from = channel * positions + pixel;
        for (int step = 0; step < steps; step++) {
          batch.inputs().put(to + step, image[from + step * frame]);
        }
      }
    }
  }

  static void requireChannels(Normalization normalization, int channels) {
    List<Float> mean = normalization.mean();
    List<Float> std = normalization.std();
    if (normalization.kind() == Normalization.Kind.DATASET
        && (mean.size() != channels || std.size() != channels)) {
      throw new SinterException(
          ErrorCategory.DATA,
          "NORMALIZATION_CHANNELS_MISMATCH",
          String.format(
              "The dataset gives %d means and %d standard deviations for %d channels.",
              mean.size(), std.size(), channels),
          "Prepare the dataset again, or evaluate with the dataset the model was trained on.");
    }
  }
}
