package dev.sinter.trainer.evaluation;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.Serializable;
import java.util.List;
import java.util.TreeMap;

/**
 * True and predicted classes of one volume, put together from slices in any order. An image is a
 * volume of one slice.
 */
@DefaultSerializer(JavaSerializer.class) // its fields are classes that nobody registers
public final class VolumeLabels implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int MOST_VOXELS = Integer.MAX_VALUE - 8; // the longest array of a JVM

  private final String volume;
  private final int height;
  private final int width;
  private final double[] spacing;
  private final TreeMap<Integer, byte[]> truth = new TreeMap<>();
  private final TreeMap<Integer, byte[]> prediction = new TreeMap<>();

  /** How many voxels of a slice were given; the others are class 0 so far. */
  private final TreeMap<Integer, Integer> given = new TreeMap<>();

  /**
   * An empty volume.
   *
   * @param volume id
   * @param height rows of a slice
   * @param width columns of a slice
   * @param spacing mm between rows, columns[, slices]; 1 where unknown
   */
  public VolumeLabels(String volume, int height, int width, List<Float> spacing) {
    this.volume = volume;
    this.height = height;
    this.width = width;
    this.spacing =
        new double[] {
          spacing.size() > 2 ? spacing.get(2) : 1,
          spacing.size() > 0 ? spacing.get(0) : 1,
          spacing.size() > 1 ? spacing.get(1) : 1
        };
  }

  /**
   * Adds a slice, class index per pixel, row major; the arrays are kept, not copied.
   *
   * @throws SinterException {@code SLICE_REPEATED}
   */
  public void add(int slice, byte[] trueClasses, byte[] predictedClasses) {
    if (trueClasses.length != height * width || predictedClasses.length != height * width) {
      throw new IllegalArgumentException(
          String.format(
              "%d and %d classes for %d x %d pixels",
              trueClasses.length, predictedClasses.length, height, width));
    }
    put(slice, height * width, trueClasses, predictedClasses);
  }

  /**
   * Adds the voxels of a block that count, class index per voxel, (depth, height, width).
   *
   * @throws SinterException {@code SLICE_REPEATED}
   */
  public void add(VolumeBlock block, byte[] trueClasses, byte[] predictedClasses) {
    for (int slice = block.from()[0]; slice < block.to()[0]; slice++) {
      byte[] ofTruth = new byte[height * width];
      byte[] ofPrediction = new byte[height * width];
      block.copySlice(slice, trueClasses, ofTruth, width);
      block.copySlice(slice, predictedClasses, ofPrediction, width);
      put(slice, block.area(), ofTruth, ofPrediction);
    }
  }

  /** Parts of a slice share no voxel, and are class 0 elsewhere. */
  private void put(int slice, int voxels, byte[] trueClasses, byte[] predictedClasses) {
    if (given.merge(slice, voxels, Integer::sum) > height * width) {
      throw new SinterException(
          ErrorCategory.DATA,
          "SLICE_REPEATED",
          "Slice " + slice + " of volume " + volume + " came twice.",
          "Prepare the dataset again; check that no shard was copied.");
    }
    truth.merge(slice, trueClasses, VolumeLabels::joined);
    prediction.merge(slice, predictedClasses, VolumeLabels::joined);
  }

  private static byte[] joined(byte[] part, byte[] other) {
    for (int i = 0; i < part.length; i++) {
      part[i] |= other[i];
    }
    return part;
  }

  /** Adds another part of the same volume and returns this one. */
  public VolumeLabels merge(VolumeLabels other) {
    other.truth.forEach(
        (slice, classes) ->
            put(slice, other.given.get(slice), classes, other.prediction.get(slice)));
    return this;
  }

  /** Id. */
  public String volume() {
    return volume;
  }

  /** Number of slices that were added. */
  public int slices() {
    return truth.size();
  }

  /** From the first to the last slice; missing ones in between are background. */
  int depth() {
    return truth.isEmpty() ? 0 : truth.lastKey() - truth.firstKey() + 1;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** Between slices, rows, columns. */
  double[] spacing() {
    return spacing.clone();
  }

  byte[] dense(Side side) {
    long voxels = (long) depth() * height * width;
    if (voxels > MOST_VOXELS) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "VOLUME_TOO_LARGE",
          "Volume " + volume + " has " + voxels + " voxels; at most " + MOST_VOXELS + " fit.",
          "Prepare the dataset with a smaller data.size and fit resize, or cut the volumes.");
    }
    byte[] dense = new byte[(int) voxels];
    (side == Side.TRUTH ? truth : prediction)
        .forEach(
            (slice, classes) ->
                System.arraycopy(
                    classes,
                    0,
                    dense,
                    (slice - truth.firstKey()) * height * width,
                    classes.length));
    return dense;
  }

  enum Side {
    TRUTH,
    PREDICTION
  }
}
