package dev.sinter.dataset.source;

import java.util.List;

/** What a reader found in one file. */
public sealed interface RawSource permits RawImage, RawVolume {

  /** Name of the file format, such as {@code png} or {@code nifti-1}. */
  String format();

  /** Type of the stored values. */
  VoxelType type();

  /** What makes values of stored numbers. */
  Scaling scaling();

  /** Where the pixels lie. */
  Geometry geometry();

  /** What a reader of a report should know, such as a dropped alpha channel. */
  List<String> notes();

  /** All values after slope and intercept. */
  float[] values();
}
