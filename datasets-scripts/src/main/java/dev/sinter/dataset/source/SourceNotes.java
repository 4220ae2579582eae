package dev.sinter.dataset.source;

/** What readers say about a file that they could read. */
final class SourceNotes {
  static final String ALPHA_DROPPED = "the alpha channel is dropped";
  static final String CMYK_CONVERTED =
      "inks (CMYK) are converted to red, green, blue without a colour profile";
  static final String ORIENTATION_ASSUMED =
      "the header states no orientation; LAS is assumed, as ANALYZE files are by convention";

  private SourceNotes() {}

  static String orientationNotApplied(int orientation) {
    return "orientation " + orientation + " (EXIF, TIFF) is not applied: pixels are as stored";
  }
}
