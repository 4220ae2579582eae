package dev.sinter.dataset.source.dicom;

import java.util.OptionalInt;

/**
 * What the data set says of its pixels, checked: Image Pixel module, PS3.3 section C.7.6.3.
 *
 * @param rows height
 * @param columns width
 * @param frames at least 1
 * @param samples per pixel, 1 to 4
 * @param bitsAllocated 1, 8, 16, 32 or 64
 * @param bitsStored of them
 * @param highBit the highest of the bits stored
 * @param signed two's complement
 * @param floating float or double float pixels, PS3.3 C.7.6.24 and C.7.6.25
 * @param planar each sample of a frame in a plane of its own, when native
 * @param photometric what samples mean
 */
record PixelFormat(
    int rows,
    int columns,
    int frames,
    int samples,
    int bitsAllocated,
    int bitsStored,
    int highBit,
    boolean signed,
    boolean floating,
    boolean planar,
    Photometric photometric) {

  static PixelFormat of(DataSet data) {
    boolean floats = data.has(Tags.FLOAT_PIXELS);
    boolean doubles = data.has(Tags.DOUBLE_PIXELS);
    int rows = required(data, "Rows", Tags.ROWS, 1, 65535);
    int columns = required(data, "Columns", Tags.COLUMNS, 1, 65535);
    int samples = optional(data, "Samples per Pixel", Tags.SAMPLES_PER_PIXEL, 1, 1, 4);
    int allocated =
        floats ? 32 : doubles ? 64 : required(data, "Bits Allocated", Tags.BITS_ALLOCATED, 1, 64);
    boolean whole = floats || doubles;
    int stored = whole ? allocated : lenient(data, Tags.BITS_STORED, 1, allocated, allocated);
    int high =
        whole ? stored - 1 : lenient(data, Tags.HIGH_BIT, stored - 1, allocated - 1, stored - 1);
    int representation =
        floats || doubles
            ? 0
            : optional(data, "Pixel Representation", Tags.PIXEL_REPRESENTATION, 0, 0, 1);
    int planar =
        samples == 1
            ? 0
            : optional(data, "Planar Configuration", Tags.PLANAR_CONFIGURATION, 0, 0, 1);
    if (!floats
        && !doubles
        && allocated != 1
        && allocated != 8
        && allocated != 16
        && allocated != 32) {
      throw DicomErrors.unsupported(
          "pixels of " + allocated + " bits allocated (0028,0100) are not read",
          "Convert it to 8, 16 or 32 bits: 'gdcmconv --raw FILE OUT'.");
    }
    return new PixelFormat(
        rows,
        columns,
        frames(data),
        samples,
        allocated,
        stored,
        high,
        representation == 1,
        floats || doubles,
        planar == 1,
        photometric(data, samples));
  }

  private static int required(DataSet data, String name, int tag, int least, int most) {
    OptionalInt value = data.integer(name, tag);
    if (value.isEmpty()) {
      throw DicomErrors.attribute(name, tag, "is missing");
    }
    return inRange(name, tag, value.getAsInt(), least, most);
  }

  private static int optional(
      DataSet data, String name, int tag, int standard, int least, int most) {
    OptionalInt value = data.integer(name, tag);
    return value.isEmpty() ? standard : inRange(name, tag, value.getAsInt(), least, most);
  }

  /** What only narrows the words: writers that got it wrong mean the whole ones. */
  private static int lenient(DataSet data, int tag, int least, int most, int standard) {
    double[] values = data.numbersIfAny(tag);
    boolean usable = values.length > 0 && values[0] >= least && values[0] <= most;
    return usable ? (int) values[0] : standard;
  }

  private static int inRange(String name, int tag, int value, int least, int most) {
    if (value < least || value > most) {
      throw DicomErrors.attribute(
          name, tag, "is " + value + ", it must be from " + least + " to " + most);
    }
    return value;
  }

  /** Some writers give 0 for an image that has one frame. */
  private static int frames(DataSet data) {
    int frames = optional(data, "Number of Frames", Tags.NUMBER_OF_FRAMES, 1, 0, Integer.MAX_VALUE);
    return Math.max(1, frames);
  }

  /** What is missing, misspelt or made for another number of samples is told by their number. */
  private static Photometric photometric(DataSet data, int samples) {
    Photometric standard =
        switch (samples) {
          case 1 -> Photometric.MONOCHROME2;
          case 3 -> Photometric.RGB;
          default -> Photometric.ARGB;
        };
    return Photometric.of(data.text(Tags.PHOTOMETRIC_INTERPRETATION))
        .filter(photometric -> photometric.samples() == samples)
        .orElse(standard);
  }

  long frameSamples() {
    return (long) rows * columns * samples;
  }

  /** Of all frames; at most {@link Long#MAX_VALUE}. */
  long totalSamples() {
    try {
      return Math.multiplyExact(frameSamples(), (long) frames);
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Bytes of one sample when unpacked. */
  int sampleBytes() {
    return Math.max(1, bitsAllocated / 8);
  }

  PixelFormat withFrames(int number) {
    return new PixelFormat(
        rows,
        columns,
        number,
        samples,
        bitsAllocated,
        bitsStored,
        highBit,
        signed,
        floating,
        planar,
        photometric);
  }
}
