package dev.sinter.dataset.source.dicom;

/**
 * How much a compressed file may claim: 2 Mi samples always, beyond that 512 for each of its bytes,
 * and 2 GiB at most. Only pictures of one value compress better, and a codec may take 18 bytes for
 * each sample. Native pixels need no bound, the file must hold them.
 */
final class PixelBound {
  static final long ALWAYS_ALLOWED_SAMPLES = 2L << 20;
  static final int LARGEST_RATIO = 512;

  private PixelBound() {}

  static void require(PixelFormat format, long fileBytes) {
    long samples = format.totalSamples();
    long allowed = Math.max(ALWAYS_ALLOWED_SAMPLES, fileBytes * LARGEST_RATIO);
    if (samples > allowed || samples * format.sampleBytes() > Integer.MAX_VALUE - 16) {
      throw DicomErrors.tooLarge(
          String.format(
              "a file of %d bytes claims %d frames of %d x %d pixels with %d samples",
              fileBytes, format.frames(), format.rows(), format.columns(), format.samples()));
    }
  }
}
