package dev.sinter.dataset.source.codec;

/** The picture that the scans of a frame fill. */
interface JpegPicture {
  /** Decodes one scan. */
  void scan(JpegScan scan, JpegSegments segments, JpegBits bits);

  /** All samples once the scans are done, as {@link DecodedFrame#samples()} wants them. */
  byte[] samples();
}
