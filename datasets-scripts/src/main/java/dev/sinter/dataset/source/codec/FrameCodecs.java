package dev.sinter.dataset.source.codec;

/** The codecs, by the kind of stream. */
public final class FrameCodecs {
  private FrameCodecs() {}

  /**
   * JPEG, ISO 10918-1: baseline and extended (8 and 12 bit), progressive, and lossless (2 to 16
   * bit), all Huffman-coded. The frame header says which; hierarchical and arithmetic-coded streams
   * are refused.
   */
  public static FrameCodec jpeg() {
    return new JpegCodec();
  }

  /** JPEG-LS, ISO 14495-1: lossless and near-lossless, 2 to 16 bit, all interleave modes. */
  public static FrameCodec jpegLs() {
    return new JpegLsCodec();
  }

  /** JPEG 2000, ISO 15444-1: code streams and JP2 files, up to 16 bit. */
  public static FrameCodec jpeg2000() {
    return new Jpeg2000Codec();
  }

  /**
   * DICOM's run-length code, PS3.5 Annex G, which says nothing of its shape.
   *
   * @param bitsAllocated 1, 8, 16 or 32; with 1, the run-length code holds eight pixels a byte,
   *     least significant first, and the frame one byte for each
   */
  public static FrameCodec rle(int rows, int columns, int samplesPerPixel, int bitsAllocated) {
    return new RleCodec(rows, columns, samplesPerPixel, bitsAllocated);
  }
}
