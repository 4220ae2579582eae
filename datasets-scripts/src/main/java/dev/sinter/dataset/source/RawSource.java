package dev.sinter.dataset.source;

/** What a reader found in one file. */
public sealed interface RawSource permits RawImage, RawVolume {

  /** Name of the file format, such as {@code png} or {@code nifti-1}. */
  String format();
}
