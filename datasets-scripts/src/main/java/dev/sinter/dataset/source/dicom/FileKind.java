package dev.sinter.dataset.source.dicom;

import dev.sinter.error.SinterException;

/** What a file without pixels is, by its SOP class, PS3.4 section B.5 and PS3.6 annex A. */
record FileKind(String name) {
  private static final String STORAGE = "1.2.840.10008.5.1.4.1.1.";

  static FileKind of(DicomFile file) {
    DataSet data = file.data();
    String uid = data.text(Tags.SOP_CLASS_UID);
    if (uid.isEmpty()) {
      uid = file.meta().text(Tags.MEDIA_STORAGE_SOP_CLASS);
    }
    if (uid.equals("1.2.840.10008.1.3.10") || data.has(Tags.DIRECTORY_RECORDS)) {
      return new FileKind("a DICOMDIR, the directory of a medium");
    }
    if (uid.equals("1.2.840.10008.5.1.4.39.1") || uid.startsWith("1.2.840.10008.5.1.4.39.")) {
      return new FileKind("a colour palette");
    }
    if (uid.startsWith(STORAGE)) {
      return new FileKind(storage(uid.substring(STORAGE.length())));
    }
    if (data.has(Tags.WAVEFORMS)) {
      return new FileKind("a waveform");
    }
    return new FileKind(uid.isEmpty() ? "a data set without SOP class" : "of SOP class " + uid);
  }

  private static String storage(String suffix) {
    String[] parts = suffix.split("\\.", -1);
    return switch (parts[0]) {
      case "9" -> "a waveform";
      case "11" -> "a presentation state";
      case "66" -> parts.length == 1 ? "raw data" : "a registration, segmentation or fiducials";
      case "67" -> "a real world value mapping";
      case "88" -> "a structured report";
      case "104" -> "an encapsulated document";
      case "481" -> radiotherapy(parts.length > 1 ? parts[1] : "");
      case "4", "2", "1", "7", "6", "12", "128", "20", "77" ->
          "an image object whose pixels are missing";
      default -> "of SOP class " + STORAGE + suffix;
    };
  }

  private static String radiotherapy(String suffix) {
    return switch (suffix) {
      case "1" -> "a radiotherapy image whose pixels are missing";
      case "2" -> "a radiotherapy dose without a grid";
      case "3" -> "a radiotherapy structure set";
      case "5", "8" -> "a radiotherapy plan";
      default -> "a radiotherapy record";
    };
  }

  SinterException withoutPixels() {
    return DicomErrors.data(
        "DICOM_NO_PIXELS",
        "the file has no pixel data: it is " + name,
        "Leave it out of the collection; nothing in it can be trained on.");
  }
}
