package dev.sinter.dataset.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What is in a source's pixels. Numbers leave NaN out; an infinite value makes min, max or mean
 * infinite. All are NaN where there is no value, or no order (complex numbers).
 *
 * @param shape slowest axis first: (rows, columns[, samples]), (frames, rows, columns[, samples]);
 *     of NIfTI and ANALYZE (x, y, z[, t, ...]) as stored, and samples are not an axis
 * @param samples values per pixel
 * @param type of the stored values
 * @param stored minimum, maximum and mean before slope and intercept
 * @param rescaled the same after slope and intercept
 * @param nans number of values that are no number
 * @param infinities number of infinite values
 * @param sha256 of the stored values, little-endian, in C order of {@code shape}, samples fastest
 */
public record PixelSummary(
    List<Integer> shape,
    int samples,
    VoxelType type,
    Range stored,
    Range rescaled,
    long nans,
    long infinities,
    String sha256) {

  /** Copies the list. */
  public PixelSummary {
    shape = List.copyOf(shape);
  }

  /** Smallest, largest and mean value. */
  public record Range(double min, double max, double mean) {

    private Range scaled(Scaling scaling) {
      if (scaling.isNone()) {
        return this;
      }
      double low = scaling.apply(min);
      double high = scaling.apply(max);
      return new Range(Math.min(low, high), Math.max(low, high), scaling.apply(mean));
    }
  }

  /** Looks at an image or a volume. */
  public static PixelSummary of(RawSource source) {
    if (source instanceof RawImage image) {
      List<Integer> shape = new ArrayList<>(List.of(image.height(), image.width()));
      if (image.channels() > 1) {
        shape.add(image.channels());
      }
      int width = image.type().bytes();
      return of(
          shape,
          image.channels(),
          image.type(),
          image.scaling(),
          StoredValues.interleaved(image.pixels(), image.channels(), width));
    }
    RawVolume volume = (RawVolume) source;
    List<Integer> shape = new ArrayList<>();
    if (isAnatomical(volume.format())) {
      Arrays.stream(volume.dimensions()).forEach(shape::add);
      int width = volume.channels() * volume.type().bytes();
      return of(
          shape,
          volume.channels(),
          volume.type(),
          volume.scaling(),
          StoredValues.fortranToC(volume.stored(), volume.dimensions(), width));
    }
    for (int axis = volume.dimensions().length - 1; axis >= 0; axis--) {
      shape.add(volume.dimensions()[axis]);
    }
    if (volume.channels() > 1) {
      shape.add(volume.channels());
    }
    return of(shape, volume.channels(), volume.type(), volume.scaling(), volume.stored());
  }

  /** Formats whose axes are named x, y, z in their specification, and shown so everywhere. */
  private static boolean isAnatomical(String format) {
    return format.startsWith("nifti") || format.equals("analyze");
  }

  /** Looks at an array of a container. */
  public static PixelSummary of(RawArray array) {
    return of(array.shape(), 1, array.type(), Scaling.NONE, array.stored());
  }

  private static PixelSummary of(
      List<Integer> shape, int samples, VoxelType type, Scaling scaling, byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int size = type.isReal() ? bytes.length / type.bytes() : 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    long nans = 0;
    long infinities = 0;
    for (int i = 0; i < size; i++) {
      double value = type.value(buffer, i);
      if (Double.isNaN(value)) {
        nans++;
        continue;
      }
      infinities += Double.isInfinite(value) ? 1 : 0;
      min = Math.min(min, value);
      max = Math.max(max, value);
      sum += value;
    }
    long numbers = size - nans;
    Range stored =
        numbers == 0
            ? new Range(Double.NaN, Double.NaN, Double.NaN)
            : new Range(min, max, sum / numbers);
    return new PixelSummary(
        shape, samples, type, stored, stored.scaled(scaling), nans, infinities, sha256(bytes));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
