package dev.sinter.dataset;

import java.io.Serializable;
import java.util.List;

/**
 * One training sample as it lies in a shard: an image, or a slice of a volume.
 *
 * @param id unique within the dataset, without patient identifiers
 * @param patient salted hash of the patient
 * @param split {@code train}, {@code val} or {@code test}
 * @param label class index; -1 for segmentation
 * @param mask class index per pixel, (height, width) row major; empty for classification
 * @param pixels stored values, (channels, height, width) row major, little-endian
 * @param pixelType type of {@code pixels}
 * @param channels 1 or 3
 * @param height pixels
 * @param width pixels
 * @param intensityMean mean of the whole source (of the volume, for a slice)
 * @param intensityStd standard deviation of the whole source
 * @param spacing pixel spacing in mm: rows, columns[, slices]; empty when unknown
 * @param volume id of the volume that a slice was cut from; equal to {@code id} for an image
 * @param slice index of the slice along its axis; 0 for an image
 * @param source relative path of the source file, patient component hashed
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
    String source)
    implements Serializable {}
