package dev.sinter.dataset.source.codec;

/** What the stream itself says of its samples; no codec converts them on its own account. */
public enum StreamColor {
  /**
   * The stream is silent. Readers of plain JPEG files take three components for {@link #YBR_FULL};
   * in DICOM the photometric interpretation decides.
   */
  NOT_STATED,
  /** One sample per pixel. */
  GRAY,
  /** Red, green, blue; also where JPEG 2000's own component transform was undone. */
  RGB,
  /** Luminance and two differences, 0 to full scale, after ITU-R BT.601 as in JFIF. */
  YBR_FULL,
  /** Four inks; Adobe's streams hold them inverted. */
  CMYK,
  /** Four samples of which the first three are {@link #YBR_FULL} of inverted inks. */
  YCCK
}
