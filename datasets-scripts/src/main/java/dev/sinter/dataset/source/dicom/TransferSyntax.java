package dev.sinter.dataset.source.dicom;

import dev.sinter.error.SinterException;

/**
 * Transfer syntaxes, PS3.5 chapter 10 and PS3.6 annex A.
 *
 * @param uid as in the file
 * @param title as in PS3.6
 * @param encoding of the data set
 * @param pixels how they are compressed
 */
record TransferSyntax(String uid, String title, Encoding encoding, Pixels pixels) {

  /** How pixels are compressed. */
  enum Pixels {
    NATIVE,
    /** Native and big-endian in a little-endian data set. */
    NATIVE_SWAPPED,
    /** The whole data set is deflated, PS3.5 A.5. */
    DEFLATED_DATA_SET,
    ENCAPSULATED_NATIVE,
    DEFLATED_FRAMES,
    RLE,
    JPEG,
    JPEG_LS,
    JPEG_2000,
    VIDEO,
    HIGH_THROUGHPUT_JPEG_2000,
    REFERENCED,
    UNKNOWN;

    boolean isNative() {
      return this == NATIVE || this == NATIVE_SWAPPED || this == DEFLATED_DATA_SET;
    }
  }

  static final TransferSyntax IMPLICIT =
      new TransferSyntax(
          "1.2.840.10008.1.2",
          "Implicit VR Little Endian",
          Encoding.IMPLICIT_LITTLE,
          Pixels.NATIVE);
  static final TransferSyntax EXPLICIT = explicit("1", "Explicit VR Little Endian", Pixels.NATIVE);
  static final TransferSyntax BIG_ENDIAN =
      new TransferSyntax(
          "1.2.840.10008.1.2.2", "Explicit VR Big Endian", Encoding.EXPLICIT_BIG, Pixels.NATIVE);

  private static final String STANDARD = "1.2.840.10008.1.2.";

  private static TransferSyntax explicit(String suffix, String title, Pixels pixels) {
    return new TransferSyntax(STANDARD + suffix, title, Encoding.EXPLICIT_LITTLE, pixels);
  }

  static TransferSyntax of(String uid) {
    if (uid.equals(IMPLICIT.uid) || uid.equals("1.2.840.10008.1.20")) { // Papyrus 3
      return IMPLICIT;
    }
    if (uid.equals(BIG_ENDIAN.uid)) {
      return BIG_ENDIAN;
    }
    if (uid.equals("1.2.840.113619.5.2")) {
      return new TransferSyntax(
          uid, "GE's private one", Encoding.IMPLICIT_LITTLE, Pixels.NATIVE_SWAPPED);
    }
    if (!uid.startsWith(STANDARD)) {
      return new TransferSyntax(uid, "not registered", Encoding.EXPLICIT_LITTLE, Pixels.UNKNOWN);
    }
    String suffix = uid.substring(STANDARD.length());
    return switch (suffix) {
      case "1" -> EXPLICIT;
      case "1.98" -> explicit(suffix, "Encapsulated Uncompressed", Pixels.ENCAPSULATED_NATIVE);
      case "1.99" -> explicit(suffix, "Deflated", Pixels.DEFLATED_DATA_SET);
      case "5" -> explicit(suffix, "RLE Lossless", Pixels.RLE);
      case "8.1" -> explicit(suffix, "Deflated Image Frame", Pixels.DEFLATED_FRAMES);
      default -> suffix.startsWith("4.") ? compressed(suffix) : unknown(suffix);
    };
  }

  private static TransferSyntax unknown(String suffix) {
    return explicit(suffix, "not known to Sinter", Pixels.UNKNOWN);
  }

  /** The syntax of a file that names none. */
  static TransferSyntax plain(Encoding encoding) {
    return switch (encoding) {
      case IMPLICIT_LITTLE -> IMPLICIT;
      case EXPLICIT_LITTLE -> EXPLICIT;
      case EXPLICIT_BIG -> BIG_ENDIAN;
    };
  }

  /** The branch of compressed images, numbered by the year of their standard. */
  private static TransferSyntax compressed(String suffix) {
    int number;
    try {
      number = Integer.parseInt(suffix.substring(2));
    } catch (NumberFormatException e) {
      return unknown(suffix);
    }
    if (number >= 50 && number <= 70) {
      return explicit(suffix, "JPEG", Pixels.JPEG);
    }
    return switch (number) {
      case 80, 81 -> explicit(suffix, "JPEG-LS", Pixels.JPEG_LS);
      case 90, 91, 92, 93 -> explicit(suffix, "JPEG 2000", Pixels.JPEG_2000);
      case 94 -> explicit(suffix, "JPIP Referenced", Pixels.REFERENCED);
      case 95 -> explicit(suffix, "JPIP Referenced Deflate", Pixels.REFERENCED);
      case 100, 101, 102, 103, 104, 105, 106, 107, 108 ->
          explicit(suffix, "MPEG video", Pixels.VIDEO);
      case 110, 111, 112 -> explicit(suffix, "JPEG XL", Pixels.UNKNOWN);
      case 201, 202, 203 ->
          explicit(suffix, "High-Throughput JPEG 2000 (HTJ2K)", Pixels.HIGH_THROUGHPUT_JPEG_2000);
      case 204, 205 -> explicit(suffix, "JPIP HTJ2K Referenced", Pixels.REFERENCED);
      default -> unknown(suffix);
    };
  }

  /** Why pixels of this syntax are not read, and what the user can do. */
  SinterException unsupported() {
    String remedy =
        switch (pixels) {
          case VIDEO ->
              "Save the frames as images: 'dcmdump +P 7fe0,0010 +W FOLDER FILE' writes the video,"
                  + " ffmpeg takes its frames.";
          case REFERENCED -> "Fetch the image with its pixels from the archive.";
          case HIGH_THROUGHPUT_JPEG_2000 ->
              "Convert it: 'dcm2dcm -t 1.2.840.10008.1.2.1 FILE OUT' of dcm4che, or pydicom with"
                  + " pylibjpeg-openjpeg ('ds.decompress()').";
          default ->
              "Convert it: 'gdcmconv --raw FILE OUT', 'dcmconv +te FILE OUT' or"
                  + " 'dcm2dcm -t 1.2.840.10008.1.2.1 FILE OUT'.";
        };
    return DicomErrors.data(
        "TRANSFER_SYNTAX_UNSUPPORTED",
        "transfer syntax " + shown() + " (" + title + ") is not read",
        remedy);
  }

  /** A damaged length may take in what follows it, which may be about the patient. */
  private String shown() {
    return uid.matches("[0-9.]{1,64}") ? uid : "of damaged name";
  }
}
