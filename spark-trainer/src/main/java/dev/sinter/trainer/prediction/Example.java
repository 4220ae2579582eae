package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.dataset.Sample;
import java.io.Serializable;
import java.util.Arrays;

/**
 * One evaluated sample to show in a report.
 *
 * @param id of the sample
 * @param volume that it was cut from, or the id
 * @param channels 1 or 3
 * @param height pixels
 * @param width pixels
 * @param pixels 8-bit, (channels, height, width), windowed to the sample's range
 * @param truth class; -1 for segmentation
 * @param predicted class; -1 for segmentation
 * @param confidence probability of the predicted class, or the sample's mean foreground Dice
 * @param trueMask class per pixel; empty for classification
 * @param predictedMask class per pixel; empty for classification
 */
@DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
public record Example(
    String id,
    String volume,
    int channels,
    int height,
    int width,
    byte[] pixels,
    int truth,
    int predicted,
    double confidence,
    byte[] trueMask,
    byte[] predictedMask)
    implements Serializable {

  /** Pixels of any class but the background. */
  int foregroundPixels() {
    int count = 0;
    for (byte label : trueMask) {
      count += label == 0 ? 0 : 1;
    }
    return count;
  }

  /**
   * A sample as it is, before any model has seen it; of a volume, the slice with most foreground.
   */
  public static Example unpredicted(Sample sample) {
    return sample.label() < 0
        ? segmented(sample, sample.mask(), Double.NaN)
        : classified(sample, -1, Double.NaN);
  }

  static Example classified(Sample whole, int predicted, double confidence) {
    Sample sample = whole.plane(whole.depth() / 2).visible();
    return new Example(
        sample.id(),
        sample.volume(),
        sample.channels(),
        sample.height(),
        sample.width(),
        EightBit.windowed(sample),
        sample.label(),
        predicted,
        confidence,
        new byte[0],
        new byte[0]);
  }

  /** Of a volume, the slice with most foreground. */
  static Example segmented(Sample whole, byte[] predictedMask, double dice) {
    int shown = mostForeground(whole);
    int area = whole.height() * whole.width();
    Sample sample = whole.plane(shown).visible();
    byte[] predicted = Arrays.copyOfRange(predictedMask, shown * area, (shown + 1) * area);
    return new Example(
        sample.id(),
        sample.volume(),
        sample.channels(),
        sample.height(),
        sample.width(),
        EightBit.windowed(sample),
        -1,
        -1,
        dice,
        sample.mask(),
        predicted);
  }

  private static int mostForeground(Sample sample) {
    int area = sample.height() * sample.width();
    int best = sample.depth() / 2;
    int most = 0;
    for (int plane = 0; plane < sample.depth(); plane++) {
      int count = 0;
      for (int i = plane * area; i < (plane + 1) * area; i++) {
        count += sample.mask()[i] == 0 ? 0 : 1;
      }
      if (count > most) {
        most = count;
        best = plane;
      }
    }
    return best;
  }
}
