package dev.sinter.dataset.source.codec;

/** One component of a JPEG frame: its sampling, its tables, and what is decoded of it. */
final class JpegComponent {
  final int id;
  final int horizontal;
  final int vertical;
  final int quantization;

  /** Size in samples, without padding. */
  int columns;

  int rows;

  /** Size in blocks of 8 x 8, padded to whole units of the interleaved scan. */
  int blockColumns;

  int blockRows;

  /** DCT frames: decoded samples, row by row, {@code blockColumns * 8} wide. */
  short[] plane;

  /** Progressive frames: 64 coefficients of each block, in zig-zag order. */
  short[] coefficients;

  /** Progressive frames: the lowest bit known of each coefficient, -1 before its first scan. */
  int[] lowestBit;

  /** The quantisation table as it was at the component's first scan, in zig-zag order. */
  int[] steps;

  HuffmanTable dc;
  HuffmanTable ac;
  int prediction;
  boolean scanned;

  JpegComponent(int id, int horizontal, int vertical, int quantization) {
    this.id = id;
    this.horizontal = horizontal;
    this.vertical = vertical;
    this.quantization = quantization;
  }

  /** Blocks in a row of a scan of this component alone. */
  int ownBlockColumns() {
    return (columns + 7) / 8;
  }

  int ownBlockRows() {
    return (rows + 7) / 8;
  }
}
