package dev.sinter.trainer.data;

import dev.sinter.dataset.PixelType;
import dev.sinter.dataset.Sample;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.Batch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;

/**
 * One worker's samples, a contiguous range of global indices, read once and then kept in a
 * memory-mapped temporary file.
 *
 * <p>The heap holds some 24 bytes per sample; the operating system's page cache holds as many
 * pixels as there is memory for. All samples have one shape. Thread-safe for reading; methods take
 * global indices. Stays on the executor.
 */
public final class SampleCache implements AutoCloseable {
  /**
   * Where a slice lies.
   *
   * @param volume id of its volume
   * @param slice index of the slice
   * @param spacing of the volume, in mm: rows, columns[, slices]
   */
  public record Place(String volume, int slice, List<Float> spacing) {}

  private final int firstIndex;
  private final SampleFile file;
  private final List<Place> places = new ArrayList<>();
  private int size;
  private int channels;
  private int depth;
  private int height;
  private int width;
  private boolean masked;
  private long[] locations = new long[64];
  private int[] labels = new int[64];
  private PixelType[] types = new PixelType[64];
  private final BitSet foreground = new BitSet();
  private float[] means = new float[64];
  private float[] stds = new float[64];

  private SampleCache(int firstIndex, SampleFile file) {
    this.firstIndex = firstIndex;
    this.file = file;
  }

  /**
   * Reads samples for training.
   *
   * @param samples in the order of their global indices; read to the end
   * @param firstIndex global index of the first
   * @param directory where the temporary file goes
   * @throws SinterException {@code DISK_FULL}, {@code SAMPLE_CACHE_FAILED} or {@code
   *     SAMPLE_SHAPE_MISMATCH}; nothing is left behind
   */
  public static SampleCache read(Iterator<Sample> samples, int firstIndex, Path directory) {
    return read(
        samples,
        firstIndex,
        SampleFile.create(directory, SampleFile.DEFAULT_SEGMENT_BYTES),
        Keep.PIXELS);
  }

  /** Like {@link #read}, and keeps on the heap which volume and slice each sample is. */
  public static SampleCache readWithPlaces(
      Iterator<Sample> samples, int firstIndex, Path directory) {
    return read(
        samples,
        firstIndex,
        SampleFile.create(directory, SampleFile.DEFAULT_SEGMENT_BYTES),
        Keep.PIXELS_AND_PLACES);
  }

  enum Keep {
    PIXELS,
    PIXELS_AND_PLACES
  }

  static SampleCache read(Iterator<Sample> samples, int firstIndex, SampleFile file, Keep keep) {
    SampleCache cache = new SampleCache(firstIndex, file);
    boolean whole = false;
    try {
      while (samples.hasNext()) {
        Sample sample = samples.next();
        cache.append(sample);
        if (keep == Keep.PIXELS_AND_PLACES) {
          cache.places.add(new Place(sample.volume(), sample.slice(), sample.spacing()));
        }
      }
      file.map();
      whole = true;
    } finally {
      if (!whole) {
        file.close();
      }
    }
    return cache;
  }

  /** Global index of the first sample. */
  public int firstIndex() {
    return firstIndex;
  }

  /** Number of samples. */
  public int size() {
    return size;
  }

  /** Channels of every sample; 0 in an empty cache. */
  public int channels() {
    return channels;
  }

  /** Slices or frames of every sample, 1 for images; 0 in an empty cache. */
  public int depth() {
    return depth;
  }

  /** Height of every sample; 0 in an empty cache. */
  public int height() {
    return height;
  }

  /** Width of every sample; 0 in an empty cache. */
  public int width() {
    return width;
  }

  /** Pixels or voxels of every sample; 0 in an empty cache. */
  public int positions() {
    return depth * height * width;
  }

  /** Whether the samples have a class per pixel. */
  public boolean masked() {
    return masked;
  }

  /** What has a label in a batch of these samples. */
  public Batch.Labels labels() {
    return masked ? Batch.Labels.PER_POSITION : Batch.Labels.PER_SAMPLE;
  }

  /** Class of a sample; -1 for segmentation. */
  public int label(int index) {
    return labels[local(index)];
  }

  /** What class-balanced sampling counts: the class; of a mask, 1 where it has any but 0. */
  public int stratum(int index) {
    int local = local(index);
    return masked ? (foreground.get(local) ? 1 : 0) : labels[local];
  }

  /** Type of a sample's stored pixels. */
  public PixelType pixelType(int index) {
    return types[local(index)];
  }

  /** Mean of the sample's source. */
  public float intensityMean(int index) {
    return means[local(index)];
  }

  /** Standard deviation of the sample's source. */
  public float intensityStd(int index) {
    return stds[local(index)];
  }

  /** Volume and slice of a sample, if the cache was read with places. */
  public Place place(int index) {
    return places.get(local(index));
  }

  /** Bytes of the largest possible sample of this cache. */
  public int maxPixelBytes() {
    return Math.multiplyExact(channels * positions(), PixelType.FLOAT32.bytes());
  }

  /** Copies a sample's stored pixels. */
  public void copyPixels(int index, byte[] target) {
    int local = local(index);
    file.read(locations[local], 0, target, pixelBytes(local));
  }

  /** Copies a sample's mask, (depth, height, width). */
  public void copyMask(int index, byte[] target) {
    int local = local(index);
    file.read(locations[local], pixelBytes(local), target, positions());
  }

  /** Gives the disk space back. No reader may be at work any more. */
  @Override
  public void close() {
    file.close();
  }

  private int local(int index) {
    int local = index - firstIndex;
    if (local < 0 || local >= size) {
      throw new IndexOutOfBoundsException(
          "sample " + index + " is not in [" + firstIndex + ", " + (firstIndex + size) + ")");
    }
    return local;
  }

  private int pixelBytes(int local) {
    return channels * positions() * types[local].bytes();
  }

  private void append(Sample sample) {
    if (size == 0) {
      channels = sample.channels();
      depth = sample.depth();
      height = sample.height();
      width = sample.width();
      masked = sample.mask().length > 0;
    }
    check(sample);
    if (size == labels.length) {
      int capacity = Math.addExact(size, Math.max(64, size / 2));
      locations = Arrays.copyOf(locations, capacity);
      labels = Arrays.copyOf(labels, capacity);
      types = Arrays.copyOf(types, capacity);
      means = Arrays.copyOf(means, capacity);
      stds = Arrays.copyOf(stds, capacity);
    }
    locations[size] = file.append(sample.pixels(), sample.mask());
    labels[size] = sample.label();
    foreground.set(size, hasForeground(sample.mask()));
    types[size] = sample.pixelType();
    means[size] = sample.intensityMean();
    stds[size] = sample.intensityStd();
    size++;
  }

  private static boolean hasForeground(byte[] mask) {
    for (byte value : mask) {
      if (value != 0) {
        return true;
      }
    }
    return false;
  }

  private void check(Sample sample) {
    long pixels = (long) channels * positions() * sample.pixelType().bytes();
    long maskPixels = masked ? positions() : 0;
    if (sample.channels() != channels
        || sample.depth() != depth
        || sample.height() != height
        || sample.width() != width
        || sample.pixels().length != pixels
        || sample.mask().length != maskPixels) {
      throw new SinterException(
          ErrorCategory.DATA,
          "SAMPLE_SHAPE_MISMATCH",
          String.format(
              "Sample %s is %s with %d pixel bytes and %d mask bytes;"
                  + " expected %s with %d and %d as in the samples before it.",
              sample.id(),
              shape(sample.channels(), sample.depth(), sample.height(), sample.width()),
              sample.pixels().length,
              sample.mask().length,
              shape(channels, depth, height, width),
              pixels,
              maskPixels),
          "Prepare the dataset with one target size and channel count.");
    }
  }

  /** Such as {@code 1 x 64 x 64}, and with the depth where there is one. */
  static String shape(int channels, int depth, int height, int width) {
    return depth == 1
        ? String.format("%d x %d x %d", channels, height, width)
        : String.format("%d x %d x %d x %d", channels, depth, height, width);
  }
}
