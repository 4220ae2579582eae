package dev.sinter.trainer.data;

import dev.sinter.dataset.Normalization;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.Batch;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Fills batches from a cache: normalises, and augments what is for training.
 *
 * <p>A sample is decoded once into a float plane and, if its draw moves pixels, resampled once:
 * cheaper than decoding the four neighbours of every output pixel. Allocates nothing per sample.
 * Confined to one thread; several may read one cache.
 */
public final class BatchAssembler {
  private final SampleCache cache;
  private final Normalization normalization;
  private final Augmentation augmentation;
  private final AugmentationDraw draw = new AugmentationDraw();
  private final VolumeDraw volume = new VolumeDraw();
  private final Mixup mixup = new Mixup();
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
    this.pixels = cache.positions();
    this.stored = new byte[cache.maxPixelBytes()];
    this.decoded = new float[cache.channels() * pixels];
    this.resampled = new float[cache.channels() * pixels];
    this.mask = new byte[cache.masked() ? pixels : 0];
    this.classes = new int[cache.masked() ? pixels : 0];
    if (cache.size() > 0) {
      SampleInputs.requireChannels(normalization, cache.channels());
    }
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
    boolean plain = augmentation.leavesSamples();
    boolean volumes = batch.sampleShape().size() == 4;
    for (int place = 0; place < batch.samples(); place++) {
      int sample = order.sampleAt(epoch, stepInEpoch, lane, place);
      if (plain) {
        putPlain(sample, place, batch);
      } else {
        draw.draw(
            augmentation,
            order.seed(),
            epoch,
            sample,
            volumes ? cache.depth() : 1,
            cache.height(),
            cache.width());
        putAugmented(sample, place, batch);
      }
    }
    if (augmentation.mixup() > 0) {
      long step = (long) epoch * order.plan().stepsPerEpoch() + stepInEpoch + 1;
      mixup.mix(batch, augmentation.mixup(), order.seed(), step, lane);
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
    putInputs(decoded, place, batch);
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
    if (draw.isIdentity()) {
      putPlain(sample, place, batch);
      return;
    }
    boolean volumes = batch.sampleShape().size() == 4;
    // These change before resampling, so that padding stays the normalised 0.
    decode(sample, draw.contrast(), draw.brightness());
    draw.intensity().applyGamma(decoded);
    float[] image = decoded;
    if (draw.geometric()) {
      resample(volumes);
      image = resampled;
    }
    int channels = cache.channels() * (volumes ? 1 : cache.depth());
    draw.intensity()
        .applyNoiseAndCutout(
            image, channels, volumes ? cache.depth() : 1, cache.height(), cache.width());
    putInputs(image, place, batch);
    if (!cache.masked()) {
      batch.labels().put(place, cache.label(sample));
      return;
    }
    cache.copyMask(sample, mask);
    if (draw.geometric()) {
      resampleMask(volumes);
    } else {
      for (int i = 0; i < pixels; i++) {
        classes[i] = mask[i] & 0xff;
      }
    }
    batch.labels().put(place * pixels, classes);
  }

  /** All frames of a sequence move alike; so do the slices of a volume, and along their axis. */
  private void resample(boolean volumes) {
    int depth = cache.depth();
    if (volumes) {
      draw.placeVolume(volume, depth);
      volume.resample(
          draw, decoded, resampled, cache.channels(), depth, cache.height(), cache.width());
    } else {
      draw.resampleImage(
          decoded, resampled, cache.channels() * depth, cache.height(), cache.width());
    }
  }

  private void resampleMask(boolean volumes) {
    if (volumes) {
      volume.resample(draw, mask, classes, cache.depth(), cache.height(), cache.width());
    } else {
      draw.resampleMask(mask, classes, cache.depth(), cache.height(), cache.width());
    }
  }

  private void putInputs(float[] image, int place, Batch batch) {
    SampleInputs.put(image, place, batch, cache.depth(), cache.height() * cache.width());
  }

  private void decode(int sample, float contrast, float brightness) {
    cache.copyPixels(sample, stored);
    SampleInputs.decode(
        normalization,
        stored,
        cache.pixelType(sample),
        pixels,
        cache.intensityMean(sample),
        cache.intensityStd(sample),
        contrast,
        brightness,
        decoded);
  }

  private void checkShape(Batch batch) {
    int labels = batch.labels().capacity() / batch.samples();
    if (cache.size() > 0
        && (!fits(batch.sampleShape()) || labels != (cache.masked() ? pixels : 1))) {
      throw new SinterException(
          ErrorCategory.DATA,
          "INPUT_SHAPE_MISMATCH",
          String.format(
              "The network takes %s with %d labels per sample;" + " the dataset has %s with %d.",
              batch.sampleShape().stream().map(String::valueOf).collect(Collectors.joining(" x ")),
              labels,
              SampleCache.shape(cache.channels(), cache.depth(), cache.height(), cache.width()),
              cache.masked() ? pixels : 1),
          "Prepare the dataset for this network, or set the network's input shape to the dataset's.");
    }
  }

  private boolean fits(List<Integer> shape) {
    int channels = cache.channels();
    int depth = cache.depth();
    int height = cache.height();
    int width = cache.width();
    return switch (shape.size()) {
      case 1 -> pixels == 1 && shape.equals(List.of(channels));
      case 2 -> shape.equals(List.of(channels * height * width, depth));
      case 3 -> depth == 1 && shape.equals(List.of(channels, height, width));
      default -> shape.equals(List.of(channels, depth, height, width));
    };
  }
}
