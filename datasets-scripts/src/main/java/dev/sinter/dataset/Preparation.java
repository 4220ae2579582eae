package dev.sinter.dataset;

import java.io.Serializable;

/**
 * What was done to every source, so that prediction can do the same to new ones.
 *
 * @param source {@code image} or {@code volume}
 * @param channels 1 or 3
 * @param height pixels, after the fit
 * @param width pixels, after the fit
 * @param fit how sources reach that size
 * @param pixelType the widest type of the images; the first volume's type for volumes, whose
 *     samples each carry their own
 * @param sliceAxis axis that volumes are cut along: 0, 1 or 2 (x, y, z as stored)
 */
public record Preparation(
    String source, int channels, int height, int width, Fit fit, PixelType pixelType, int sliceAxis)
    implements Serializable {
  /** {@link #source()} of a collection of images. */
  public static final String IMAGE = "image";

  /** {@link #source()} of a collection of volumes. */
  public static final String VOLUME = "volume";
}
