package dev.sinter.dataset.source.dicom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/** Slices of series, each of 2 x 3 pixels of 16 bit that all hold one value. */
public final class DicomStacks {
  private DicomStacks() {}

  /** A slice of an axial CT series. */
  public static byte[] slice(String patient, String series, double z, int value) {
    return slice(patient, series, z, value, "NO");
  }

  /** The same, saying whether its pixels show text. */
  public static byte[] slice(String patient, String series, double z, int value, String burnedIn) {
    ByteBuffer pixels = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 6; i++) {
      pixels.putShort((short) value);
    }
    return DicomWriter.explicit()
        .text(Tags.MODALITY, Vr.CS, "CT")
        .text(Tags.PATIENT_ID, Vr.LO, patient)
        .text(Tags.STUDY_INSTANCE_UID, Vr.UI, "1.2." + patient.length())
        .text(Tags.SERIES_INSTANCE_UID, Vr.UI, series)
        .text(Tags.IMAGE_POSITION, Vr.DS, String.format(Locale.ROOT, "10\\20\\%.2f", z))
        .text(Tags.IMAGE_ORIENTATION, Vr.DS, "1\\0\\0\\0\\1\\0")
        .number(Tags.ROWS, 2)
        .number(Tags.COLUMNS, 3)
        .text(Tags.PIXEL_SPACING, Vr.DS, "0.5\\0.25")
        .number(Tags.BITS_ALLOCATED, 16)
        .text(Tags.BURNED_IN_ANNOTATION, Vr.CS, burnedIn)
        .text(Tags.RESCALE_INTERCEPT, Vr.DS, "-1024")
        .text(Tags.RESCALE_SLOPE, Vr.DS, "1")
        .bytes(Tags.PIXELS, Vr.OW, pixels.array())
        .file();
  }

  /** A picture in colours of 16 bit. */
  public static byte[] deepColours(String patient, String series) {
    return DicomWriter.explicit()
        .text(Tags.PATIENT_ID, Vr.LO, patient)
        .text(Tags.SERIES_INSTANCE_UID, Vr.UI, series)
        .number(Tags.SAMPLES_PER_PIXEL, 3)
        .text(Tags.PHOTOMETRIC_INTERPRETATION, Vr.CS, "RGB")
        .number(Tags.PLANAR_CONFIGURATION, 0)
        .number(Tags.ROWS, 2)
        .number(Tags.COLUMNS, 3)
        .number(Tags.BITS_ALLOCATED, 16)
        .bytes(Tags.PIXELS, Vr.OW, new byte[36])
        .file();
  }
}
