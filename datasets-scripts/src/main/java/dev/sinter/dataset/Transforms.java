package dev.sinter.dataset;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * What is done to a source before it is fitted to the size of samples, in this order: resampled,
 * cropped, intensities clipped. All of it depends on the source alone.
 *
 * @param spacing mm between slices, rows and columns that volumes are resampled to; empty: as they
 *     are
 * @param crop what is kept
 * @param cropSize for {@link Crop#CENTRE}: [slices, rows, columns] of volumes, [rows, columns] of
 *     images; otherwise empty
 * @param window [centre, width] in rescaled values, which clips to centre - width / 2 ... centre +
 *     width / 2; empty: none
 * @param percentiles [low, high] of the source's own values, which clip; empty: none
 * @param normalize where the mean and deviation that normalise samples come from
 */
public record Transforms(
    List<Double> spacing,
    Crop crop,
    List<Integer> cropSize,
    List<Double> window,
    List<Double> percentiles,
    Normalize normalize)
    implements Serializable {

  /** Nothing is done. */
  public static final Transforms NONE =
      new Transforms(List.of(), Crop.NONE, List.of(), List.of(), List.of(), Normalize.AUTO);

  /** What is kept of a source. */
  public enum Crop {
    /** All of it. */
    @JsonProperty("none")
    NONE,
    /** A block of a given size in the centre. */
    @JsonProperty("centre")
    CENTRE,
    /** The smallest block that holds every value above the source's least one. */
    @JsonProperty("foreground")
    FOREGROUND
  }

  /** Whose mean and deviation make (value - mean) / deviation of a stored value. */
  public enum Normalize {
    /** The dataset's for images and rows, each volume's own for what is cut from volumes. */
    @JsonProperty("auto")
    AUTO,
    /** The train split's, per channel. */
    @JsonProperty("dataset")
    DATASET,
    /** Each source's own (z-score). */
    @JsonProperty("source")
    SOURCE
  }

  /** Checks the values. */
  public Transforms {
    spacing = List.copyOf(spacing);
    cropSize = List.copyOf(cropSize);
    window = List.copyOf(window);
    percentiles = List.copyOf(percentiles);
    require(
        spacing.isEmpty() || (spacing.size() == 3 && spacing.stream().allMatch(s -> s > 0)),
        "the spacing is " + spacing,
        "Give mm between slices, rows and columns.");
    require(
        (crop == Crop.CENTRE) == !cropSize.isEmpty() && cropSize.stream().allMatch(s -> s > 0),
        "the crop is " + crop + " with size " + cropSize,
        "Give a size with the crop around the centre, and with no other.");
    require(
        window.isEmpty() || (window.size() == 2 && window.get(1) > 0),
        "the window is " + window,
        "Give [centre, width].");
    require(
        percentiles.isEmpty()
            || (percentiles.size() == 2
                && percentiles.get(0) >= 0
                && percentiles.get(1) <= 100
                && percentiles.get(0) < percentiles.get(1)),
        "the percentiles are " + percentiles,
        "Give [low, high] within 0 and 100.");
  }

  private static void require(boolean holds, String problem, String remedy) {
    if (!holds) {
      throw DatasetErrors.usage("PREPARE_REQUEST_INVALID", problem, remedy);
    }
  }

  /** Whether any voxel moves. */
  @JsonIgnore
  boolean isGeometric() {
    return !spacing.isEmpty() || crop != Crop.NONE;
  }

  /** The same, of all that lies around the centre as well. */
  Transforms withoutCentreCrop() {
    return crop == Crop.CENTRE
        ? new Transforms(spacing, Crop.NONE, List.of(), window, percentiles, normalize)
        : this;
  }

  /** The values clipped; the same array when there is nothing to clip. */
  float[] clip(float[] values) {
    float[] clipped = values;
    if (!window.isEmpty()) {
      double centre = window.get(0);
      double half = window.get(1) / 2;
      clipped = between(clipped, (float) (centre - half), (float) (centre + half));
    }
    if (!percentiles.isEmpty()) {
      float[] sorted = clipped.clone();
      Arrays.sort(sorted);
      clipped =
          between(
              clipped,
              percentile(sorted, percentiles.get(0)),
              percentile(sorted, percentiles.get(1)));
    }
    return clipped;
  }

  private static float[] between(float[] values, float low, float high) {
    float[] clipped = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      clipped[i] = Math.max(low, Math.min(high, values[i]));
    }
    return clipped;
  }

  /** Between two values it is interpolated linearly. */
  private static float percentile(float[] sorted, double percent) {
    double at = percent / 100 * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(sorted.length - 1, below + 1);
    return (float) (sorted[below] + (at - below) * (sorted[above] - sorted[below]));
  }
}
