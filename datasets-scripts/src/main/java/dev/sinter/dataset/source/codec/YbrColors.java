package dev.sinter.dataset.source.codec;

/**
 * Conversion from YBR_FULL to RGB, ITU-R BT.601 full range as in JFIF (DICOM PS3.3 C.7.6.3.1.2), in
 * integers of 16 fractional bits, rounded as the reference codecs do.
 */
public final class YbrColors {
  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);
  private static final int RED_FROM_CR = 91881;
  private static final int GREEN_FROM_CB = 22554;
  private static final int GREEN_FROM_CR = 46802;
  private static final int BLUE_FROM_CB = 116130;

  private YbrColors() {}

  /** Converts pixels of three 8-bit samples in place. */
  public static void toRgb(byte[] samples) {
    for (int at = 0; at + 2 < samples.length; at += 3) {
      int y = samples[at] & 0xFF;
      int cb = (samples[at + 1] & 0xFF) - 128;
      int cr = (samples[at + 2] & 0xFF) - 128;
      samples[at] = clamp(y + ((RED_FROM_CR * cr + HALF) >> BITS));
      samples[at + 1] = clamp(y + ((-GREEN_FROM_CB * cb - GREEN_FROM_CR * cr + HALF) >> BITS));
      samples[at + 2] = clamp(y + ((BLUE_FROM_CB * cb + HALF) >> BITS));
    }
  }

  private static byte clamp(int value) {
    return (byte) (value < 0 ? 0 : Math.min(value, 255));
  }
}
