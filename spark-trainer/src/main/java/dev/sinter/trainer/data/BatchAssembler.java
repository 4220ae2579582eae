package dev.sinter.trainer.data;

import dev.sinter.dataset.Normalization;
import dev.sinter.dataset.PixelType;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.Batch;

/**
 * Fills batches from a cache: normalises, and augments what is for training.
 *
 * <p>A sample is decoded once into a float plane and, if its draw moves pixels, resampled once:
 * cheaper than decoding the four neighbours of every output pixel. Allocates nothing per sample.
 * Confined to one thread; several may read one cache.
 */
public final class BatchAssembler {
  private static final float LEAST_STD = 1e-12f;

  private final SampleCache cache;
  private final Normalization normalization;
  private final Augmentation augmentation;
  private final AugmentationDraw draw = new AugmentationDraw();
  private final int pixels;
  private final byte[] stored;
  private final float[] decoded;
  private final float[] resampled;
  private final byte[] mask;
  private final int[] classes;

  /**
   * An assembler over a cache.
   *
   * @throws SinterException {@code NORMALIZATION_CHANNELS_MISMATCH}
   */
  public BatchAssembler(SampleCache cache, Normalization normalization, Augmentation augmentation) {
    this.cache = cache;
    this.normalization = normalization;
    this.augmentation = augmentation;
    this.pixels = cache.height() * cache.width();
    this.stored = new byte[cache.maxPixelBytes()];
    this.decoded = new float[cache.channels() * pixels];
    this.resampled = new float[cache.channels() * pixels];
    this.mask = new byte[cache.masked() ? pixels : 0];
    this.classes = new int[cache.masked() ? pixels : 0];
    checkNormalization();
  }

  /** An assembler that leaves every sample as it is: for evaluation. */
  public static BatchAssembler withoutAugmentation(SampleCache cache, Normalization normalization) {
    return new BatchAssembler(cache, normalization, Augmentation.none());
  }

  /** Fills a batch with a lane's micro-batch of a step of an epoch. */
  public void fill(SampleOrder order, int epoch, int stepInEpoch, int lane, Batch batch) {
    checkShape(batch);
    if (batch.samples() != order.plan().microBatchSize()) {
      throw new IllegalArgumentException(
          "a batch of " + batch.samples() + " for " + order.plan().microBatchSize() + " samples");
    }
    boolean plain = augmentation.equals(Augmentation.none());
    for (int place = 0; place < batch.samples(); place++) {
      int sample = order.sampleAt(epoch, stepInEpoch, lane, place);
      if (plain) {
        putPlain(sample, place, batch);
      } else {
        draw.draw(augmentation, order.seed(), epoch, sample, cache.height(), cache.width());
        putAugmented(sample, place, batch);
      }
    }
  }

  /**
   * Fills a batch, without augmentation, with consecutive samples.
   *
   * @param first global index of the first
   * @return how many there were; the places of the rest hold what they held before
   */
  public int fillConsecutive(int first, Batch batch) {
    checkShape(batch);
    int count = Math.min(batch.samples(), cache.firstIndex() + cache.size() - first);
    for (int place = 0; place < count; place++) {
      putPlain(first + place, place, batch);
    }
    return Math.max(0, count);
  }

  private void putPlain(int sample, int place, Batch batch) {
    decode(sample, 1, 0);
    batch.inputs().put(place * decoded.length, decoded);
    if (cache.masked()) {
      cache.copyMask(sample, mask);
      for (int i = 0; i < pixels; i++) {
        classes[i] = mask[i] & 0xff;
      }
      batch.labels().put(place * pixels, classes);
    } else {
      batch.labels().put(place, cache.label(sample));
    }
  }

  private void putAugmented(int sample, int place, Batch batch) {
    if (!draw.geometric() && draw.contrast() == 1 && draw.brightness() == 0) {
      putPlain(sample, place, batch);
      return;
    }
    // Intensities change before resampling, so that padding stays the normalised 0.
    decode(sample, draw.contrast(), draw.brightness());
    float[] image = decoded;
    if (draw.geometric()) {
      draw.resampleImage(decoded, resampled, cache.channels(), cache.height(), cache.width());
      image = resampled;
    }
    batch.inputs().put(place * image.length, image);
    if (!cache.masked()) {
      batch.labels().put(place, cache.label(sample));
      return;
    }
    cache.copyMask(sample, mask);
    if (draw.geometric()) {
      draw.resampleMask(mask, classes, cache.height(), cache.width());
    } else {
      for (int i = 0; i < pixels; i++) {
        classes[i] = mask[i] & 0xff;
      }
    }
    batch.labels().put(place * pixels, classes);
  }

  private void decode(int sample, float contrast, float brightness) {
    PixelType type = cache.pixelType(sample);
    cache.copyPixels(sample, stored);
    for (int channel = 0; channel < cache.channels(); channel++) {
      boolean own = normalization.kind() == Normalization.Kind.SOURCE;
      float mean = own ? cache.intensityMean(sample) : normalization.mean().get(channel);
      float std = own ? cache.intensityStd(sample) : normalization.std().get(channel);
      // A constant image has no std to divide by; it becomes zeros.
      float scale = std > LEAST_STD && std < Float.POSITIVE_INFINITY ? contrast / std : contrast;
      PixelDecoder.decode(stored, type, channel * pixels, pixels, mean, scale, brightness, decoded);
    }
  }

  private void checkNormalization() {
    if (normalization.kind() == Normalization.Kind.DATASET
        && cache.size() > 0
        && (normalization.mean().size() != cache.channels()
            || normalization.std().size() != cache.channels())) {
      throw new SinterException(
          ErrorCategory.DATA,
          "NORMALIZATION_CHANNELS_MISMATCH",
          String.format(
              "The dataset gives %d means and %d standard deviations for %d channels.",
              normalization.mean().size(), normalization.std().size(), cache.channels()),
          "Prepare the dataset again, or evaluate with the dataset the model was trained on.");
    }
  }

  private void checkShape(Batch batch) {
    int labels = batch.labels().capacity() / batch.samples();
    if (cache.size() > 0
        && (batch.channels() != cache.channels()
            || batch.height() != cache.height()
            || batch.width() != cache.width()
            || labels != (cache.masked() ? pixels : 1))) {
      throw new SinterException(
          ErrorCategory.DATA,
          "INPUT_SHAPE_MISMATCH",
          String.format(
              "The network takes %d x %d x %d with %d labels per sample;"
                  + " the dataset has %d x %d x %d with %d.",
              batch.channels(),
              batch.height(),
              batch.width(),
              labels,
              cache.channels(),
              cache.height(),
              cache.width(),
              cache.masked() ? pixels : 1),
          "Prepare the dataset for this network, or set the network's input shape to the dataset's.");
    }
  }
}
