package dev.sinter.dataset;

import dev.sinter.dataset.source.RawImage;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * One training sample as it lies in a shard: an image, a slice, patch or whole of a volume, a
 * sequence of frames, or a row of a table.
 *
 * @param id unique within the dataset, without patient identifiers
 * @param patient salted hash of the patient
 * @param split {@code train}, {@code val} or {@code test}
 * @param label class index; -1 for segmentation
 * @param mask class index per pixel, (depth, height, width) row major; empty for classification
 * @param pixels stored values, (channels, depth, height, width) row major, little-endian
 * @param pixelType type of {@code pixels}
 * @param channels of a pixel; features of a row
 * @param height pixels
 * @param width pixels
 * @param intensityMean mean of the whole source (of the volume, for a slice)
 * @param intensityStd standard deviation of the whole source
 * @param spacing pixel spacing in mm: rows, columns[, slices]; empty when unknown
 * @param volume id of the source that the sample was cut from; equal to {@code id} for an image
 * @param slice number of the slice along its axis, or of the patch; 0 for whole sources
 * @param source relative path of the source file, patient component hashed
 * @param depth slices of a volume or patch, frames of a sequence; otherwise 1
 * @param origin of a patch: its first slice, row and column in the volume; otherwise empty
 * @param extents of a patch: slices, rows and columns of the volume; otherwise empty
 */
public record Sample(
    String id,
    String patient,
    String split,
    int label,
    byte[] mask,
    byte[] pixels,
    PixelType pixelType,
    int channels,
    int height,
    int width,
    float intensityMean,
    float intensityStd,
    List<Float> spacing,
    String volume,
    int slice,
    String source,
    int depth,
    List<Integer> origin,
    List<Integer> extents)
    implements Serializable {

  /** An image or a slice. */
  public Sample(
      String id,
      String patient,
      String split,
      int label,
      byte[] mask,
      byte[] pixels,
      PixelType pixelType,
      int channels,
      int height,
      int width,
      float intensityMean,
      float intensityStd,
      List<Float> spacing,
      String volume,
      int slice,
      String source) {
    this(
        id,
        patient,
        split,
        label,
        mask,
        pixels,
        pixelType,
        channels,
        height,
        width,
        intensityMean,
        intensityStd,
        spacing,
        volume,
        slice,
        source,
        1,
        List.of(),
        List.of());
  }

  /** Positions of a sample: what a mask has a class for. */
  public int positions() {
    return depth * height * width;
  }

  /** Such as {@code 1x64x64}, with the depth behind the channels where there is one. */
  public String shape() {
    return channels + (depth == 1 ? "x" : "x" + depth + "x") + height + "x" + width;
  }

  /** Whether there is something to look at: a row has no pixels beside each other. */
  public boolean isPicture() {
    return height > 1 || width > 1;
  }

  /** One slice or frame as a sample of its own; this one, where it has a single one. */
  public Sample plane(int index) {
    if (depth == 1) {
      return this;
    }
    int area = height * width;
    int bytes = area * pixelType.bytes();
    byte[] plane = new byte[channels * bytes];
    for (int channel = 0; channel < channels; channel++) {
      System.arraycopy(pixels, (channel * depth + index) * bytes, plane, channel * bytes, bytes);
    }
    byte[] classes =
        mask.length == 0 ? mask : Arrays.copyOfRange(mask, index * area, (index + 1) * area);
    return flat(classes, plane, channels, index);
  }

  /** The same with the middle one of its channels alone, unless it is gray or has three colours. */
  public Sample visible() {
    if (channels == 1 || channels == 3 || depth > 1) {
      return this;
    }
    int bytes = height * width * pixelType.bytes();
    int from = channels / 2 * bytes;
    return flat(mask, Arrays.copyOfRange(pixels, from, from + bytes), 1, slice);
  }

  /** Of the same height and width, without depth. */
  private Sample flat(byte[] classes, byte[] values, int channelsOfValues, int index) {
    return new Sample(
        id,
        patient,
        split,
        label,
        classes,
        values,
        pixelType,
        channelsOfValues,
        height,
        width,
        intensityMean,
        intensityStd,
        spacing,
        volume,
        index,
        source);
  }

  /** All stored values as floats, (channels, depth, height, width). */
  public float[] values() {
    return RawImage.values(pixelType, pixels);
  }
}
