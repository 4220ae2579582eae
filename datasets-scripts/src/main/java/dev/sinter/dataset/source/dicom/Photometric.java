package dev.sinter.dataset.source.dicom;

import java.util.Locale;
import java.util.Optional;

/** Photometric interpretations, PS3.3 section C.7.6.3.1.2. */
public enum Photometric {
  /** The lowest value is white. */
  MONOCHROME1(1),
  /** The lowest value is black. */
  MONOCHROME2(1),
  /** Values are indices of a palette. */
  PALETTE_COLOR(1),
  /** Red, green, blue. */
  RGB(3),
  /** Luminance and two differences, 0 to 255 (ITU-R BT.601). */
  YBR_FULL(3),
  /** The same; native pixels hold one pair of differences for two columns. */
  YBR_FULL_422(3),
  /** Luminance from 16 to 235; retired. */
  YBR_PARTIAL_422(3),
  /** Luminance from 16 to 235; of videos. */
  YBR_PARTIAL_420(3),
  /** JPEG 2000's irreversible transform, which its decoder undoes. */
  YBR_ICT(3),
  /** JPEG 2000's reversible transform, which its decoder undoes. */
  YBR_RCT(3),
  /** Hue, saturation, value; retired. */
  HSV(3),
  /** Alpha, red, green, blue; retired. */
  ARGB(4),
  /** Four inks; retired. */
  CMYK(4);

  private final int samples;

  Photometric(int samples) {
    this.samples = samples;
  }

  /** Samples per pixel that go with it. */
  int samples() {
    return samples;
  }

  /** One sample of brightness per pixel. */
  public boolean isMonochrome() {
    return this == MONOCHROME1 || this == MONOCHROME2;
  }

  /** Luminance and differences that are to be turned into red, green, blue. */
  boolean isLuminanceFirst() {
    return this == YBR_FULL
        || this == YBR_FULL_422
        || this == YBR_PARTIAL_422
        || this == YBR_PARTIAL_420;
  }

  /** As the standard writes it. */
  public String key() {
    return this == PALETTE_COLOR ? name().replace('_', ' ') : name();
  }

  static Optional<Photometric> of(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT).replace(' ', '_');
    for (Photometric photometric : values()) {
      if (photometric.name().equals(name)) {
        return Optional.of(photometric);
      }
    }
    return Optional.empty();
  }
}
