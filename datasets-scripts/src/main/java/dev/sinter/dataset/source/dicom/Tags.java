package dev.sinter.dataset.source.dicom;

import java.util.Locale;

/** The attributes that Sinter reads, PS3.6 chapter 6. */
final class Tags {
  static final int TRANSFER_SYNTAX_UID = 0x00020010;
  static final int MEDIA_STORAGE_SOP_CLASS = 0x00020002;
  static final int DIRECTORY_RECORDS = 0x00041220;
  static final int IMAGE_TYPE = 0x00080008;
  static final int SOP_CLASS_UID = 0x00080016;
  static final int SOP_INSTANCE_UID = 0x00080018;
  static final int MODALITY = 0x00080060;
  static final int PATIENT_ID = 0x00100020;
  static final int ISSUER_OF_PATIENT_ID = 0x00100021;
  static final int SLICE_THICKNESS = 0x00180050;
  static final int SPACING_BETWEEN_SLICES = 0x00180088;
  static final int IMAGER_PIXEL_SPACING = 0x00181164;
  static final int VIEW_POSITION = 0x00185101;
  static final int STUDY_INSTANCE_UID = 0x0020000d;
  static final int SERIES_INSTANCE_UID = 0x0020000e;
  static final int INSTANCE_NUMBER = 0x00200013;
  static final int IMAGE_POSITION = 0x00200032;
  static final int IMAGE_ORIENTATION = 0x00200037;
  static final int LATERALITY = 0x00200060;
  static final int IMAGE_LATERALITY = 0x00200062;
  static final int FRAME_CONTENT = 0x00209111;
  static final int PLANE_POSITION = 0x00209113;
  static final int PLANE_ORIENTATION = 0x00209116;
  static final int SAMPLES_PER_PIXEL = 0x00280002;
  static final int PHOTOMETRIC_INTERPRETATION = 0x00280004;
  static final int PLANAR_CONFIGURATION = 0x00280006;
  static final int NUMBER_OF_FRAMES = 0x00280008;
  static final int ROWS = 0x00280010;
  static final int COLUMNS = 0x00280011;
  static final int PIXEL_SPACING = 0x00280030;
  static final int BITS_ALLOCATED = 0x00280100;
  static final int BITS_STORED = 0x00280101;
  static final int HIGH_BIT = 0x00280102;
  static final int PIXEL_REPRESENTATION = 0x00280103;
  static final int BURNED_IN_ANNOTATION = 0x00280301;
  static final int WINDOW_CENTER = 0x00281050;
  static final int WINDOW_WIDTH = 0x00281051;
  static final int RESCALE_INTERCEPT = 0x00281052;
  static final int RESCALE_SLOPE = 0x00281053;
  static final int RED_DESCRIPTOR = 0x00281101;
  static final int RED_DATA = 0x00281201;
  static final int SEGMENTED_RED_DATA = 0x00281221;
  static final int MODALITY_LUT = 0x00283000;
  static final int LUT_DESCRIPTOR = 0x00283002;
  static final int LUT_DATA = 0x00283006;
  static final int VOI_LUT = 0x00283010;
  static final int PIXEL_MEASURES = 0x00289110;
  static final int FRAME_VOI_LUT = 0x00289132;
  static final int PIXEL_VALUE_TRANSFORMATION = 0x00289145;
  static final int WAVEFORMS = 0x54000100;
  static final int SHARED_FUNCTIONAL_GROUPS = 0x52009229;
  static final int PER_FRAME_FUNCTIONAL_GROUPS = 0x52009230;
  static final int EXTENDED_OFFSETS = 0x7fe00001;
  static final int FLOAT_PIXELS = 0x7fe00008;
  static final int DOUBLE_PIXELS = 0x7fe00009;
  static final int PIXELS = 0x7fe00010;
  static final int ITEM = 0xfffee000;
  static final int ITEM_END = 0xfffee00d;
  static final int SEQUENCE_END = 0xfffee0dd;

  private Tags() {}

  /**
   * The representation of an attribute where the file does not tell it (implicit VR, or UN): of
   * those above that are not text.
   */
  static Vr vr(int tag) {
    return switch (tag) {
      case SAMPLES_PER_PIXEL,
          PLANAR_CONFIGURATION,
          ROWS,
          COLUMNS,
          BITS_ALLOCATED,
          BITS_STORED,
          HIGH_BIT,
          PIXEL_REPRESENTATION,
          LUT_DESCRIPTOR ->
          Vr.US;
      case LUT_DATA, PIXELS -> Vr.OW;
      case EXTENDED_OFFSETS -> Vr.OV;
      case FLOAT_PIXELS -> Vr.OF;
      case DOUBLE_PIXELS -> Vr.OD;
      case FRAME_CONTENT,
          PLANE_POSITION,
          PLANE_ORIENTATION,
          MODALITY_LUT,
          VOI_LUT,
          PIXEL_MEASURES,
          FRAME_VOI_LUT,
          PIXEL_VALUE_TRANSFORMATION,
          SHARED_FUNCTIONAL_GROUPS,
          PER_FRAME_FUNCTIONAL_GROUPS,
          DIRECTORY_RECORDS,
          WAVEFORMS ->
          Vr.SQ;
      default -> repeating(tag);
    };
  }

  /** Palettes (three colours in a row), overlays (groups 6000 to 60ff). */
  private static Vr repeating(int tag) {
    int descriptor = tag - RED_DESCRIPTOR;
    if (descriptor >= 0 && descriptor < 3) {
      return Vr.US;
    }
    boolean palette = tag >= RED_DATA && tag < RED_DATA + 3;
    boolean segmented = tag >= SEGMENTED_RED_DATA && tag < SEGMENTED_RED_DATA + 3;
    if (palette || segmented) {
      return Vr.OW;
    }
    boolean overlay = tag >>> 24 == 0x60;
    return overlay && ((tag & 0xffff) == 0x0100 || (tag & 0xffff) == 0x0102) ? Vr.US : Vr.UN;
  }

  /** As the standard writes it: {@code (0028,0010)}. */
  static String text(int tag) {
    return String.format(Locale.ROOT, "(%04x,%04x)", tag >>> 16, tag & 0xffff);
  }
}
