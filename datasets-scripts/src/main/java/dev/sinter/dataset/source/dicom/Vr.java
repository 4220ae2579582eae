package dev.sinter.dataset.source.dicom;

/** Value representations, PS3.5 section 6.2. */
enum Vr {
  AE,
  AS,
  AT,
  CS,
  DA,
  DS,
  DT,
  FD,
  FL,
  IS,
  LO,
  LT,
  OB,
  OD,
  OF,
  OL,
  OV,
  OW,
  PN,
  SH,
  SL,
  SQ,
  SS,
  ST,
  SV,
  TM,
  UC,
  UI,
  UL,
  UN,
  UR,
  US,
  UT,
  UV;

  /** Whether explicit elements have two reserved bytes and a length of 32 bit, PS3.5 7.1.2. */
  boolean hasLongLength() {
    return switch (this) {
      case OB, OD, OF, OL, OV, OW, SQ, SV, UC, UN, UR, UT, UV -> true;
      default -> false;
    };
  }

  /** Bytes of one number, 0 for text and everything else. */
  int numberBytes() {
    return switch (this) {
      case US, SS, OW -> 2;
      case UL, SL, FL, OF, OL -> 4;
      case FD, OD, SV, UV, OV -> 8;
      case OB -> 1;
      default -> 0;
    };
  }

  /** The representation of two letters, or null when the standard knows none. */
  static Vr of(int first, int second) {
    for (Vr vr : VALUES) {
      if (vr.name().charAt(0) == first && vr.name().charAt(1) == second) {
        return vr;
      }
    }
    return null;
  }

  private static final Vr[] VALUES = values();
}
