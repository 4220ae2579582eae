package dev.sinter.dataset.source.dicom;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What later stages need to know of a file, apart from its pixels.
 *
 * @param patient patient id and its issuer: only to be hashed, never to be written anywhere
 * @param studyUid study instance
 * @param seriesUid series instance
 * @param instanceUid SOP instance
 * @param sopClass SOP class
 * @param modality such as {@code CT}
 * @param laterality {@code L}, {@code R}, {@code B} or {@code U}; empty when unknown
 * @param viewPosition such as {@code PA} or {@code MLO}; empty when unknown
 * @param instanceNumber order within a series, -1 when unknown
 * @param burnedIn whether pixels show text that may name the patient
 * @param transferSyntax UID
 * @param photometric as the data set says
 * @param rows height
 * @param columns width
 * @param frames at least 1
 * @param samples per pixel
 * @param planes one for each frame, or one for all
 * @param sliceSpacing in mm as stated, 0 when unknown
 * @param windows of rescaled values
 */
public record DicomFacts(
    Identity patient,
    String studyUid,
    String seriesUid,
    String instanceUid,
    String sopClass,
    String modality,
    String laterality,
    String viewPosition,
    int instanceNumber,
    BurnedIn burnedIn,
    String transferSyntax,
    Photometric photometric,
    int rows,
    int columns,
    int frames,
    int samples,
    List<Plane> planes,
    double sliceSpacing,
    List<Window> windows)
    implements Serializable {

  /** Burned In Annotation (0028,0301). */
  public enum BurnedIn {
    /** Pixels may show who the patient is. */
    YES,
    /** They do not. */
    NO,
    /** The file does not say. */
    UNKNOWN
  }

  /** Who the patient is. Its text form says nothing. */
  public record Identity(String id, String issuer) implements Serializable {

    /** Whether there is an id at all. */
    public boolean isKnown() {
      return !id.isEmpty();
    }

    @Override
    public String toString() {
      return isKnown() ? "known" : "unknown";
    }
  }

  /** Copies the lists. */
  public DicomFacts {
    planes = List.copyOf(planes);
    windows = List.copyOf(windows);
  }

  static DicomFacts of(DicomFile file, PixelFormat format) {
    DataSet data = file.data();
    FunctionalGroups groups = FunctionalGroups.of(data);
    double[] number = data.numbersIfAny(Tags.INSTANCE_NUMBER);
    return new DicomFacts(
        new Identity(data.text(Tags.PATIENT_ID), data.text(Tags.ISSUER_OF_PATIENT_ID)),
        data.text(Tags.STUDY_INSTANCE_UID),
        data.text(Tags.SERIES_INSTANCE_UID),
        data.text(Tags.SOP_INSTANCE_UID),
        data.text(Tags.SOP_CLASS_UID),
        code(data, Tags.MODALITY),
        data.has(Tags.IMAGE_LATERALITY)
            ? code(data, Tags.IMAGE_LATERALITY)
            : code(data, Tags.LATERALITY),
        code(data, Tags.VIEW_POSITION),
        number.length == 0 ? -1 : (int) number[0],
        burnedIn(data),
        file.syntax().uid(),
        format.photometric(),
        format.rows(),
        format.columns(),
        format.frames(),
        format.samples(),
        planes(groups, format.frames()),
        groups.sliceSpacing(),
        windows(groups));
  }

  /** A code string holds 16 capitals at most, PS3.5 6.2: anything else is not passed on. */
  private static String code(DataSet data, int tag) {
    String text = data.firstText(tag).toUpperCase(Locale.ROOT);
    return text.matches("[A-Z0-9_ ]{0,16}") ? text : "";
  }

  private static BurnedIn burnedIn(DataSet data) {
    return switch (code(data, Tags.BURNED_IN_ANNOTATION)) {
      case "YES" -> BurnedIn.YES;
      case "NO" -> BurnedIn.NO;
      default -> BurnedIn.UNKNOWN;
    };
  }

  private static List<Plane> planes(FunctionalGroups groups, int frames) {
    int described = groups.describedFrames(frames);
    List<Plane> planes = new ArrayList<>(described);
    for (int frame = 0; frame < described; frame++) {
      planes.add(groups.plane(frame));
    }
    return planes;
  }

  private static List<Window> windows(FunctionalGroups groups) {
    double[] centers = groups.numbers(0, Tags.FRAME_VOI_LUT, Tags.WINDOW_CENTER);
    double[] widths = groups.numbers(0, Tags.FRAME_VOI_LUT, Tags.WINDOW_WIDTH);
    List<Window> windows = new ArrayList<>();
    for (int i = 0; i < Math.min(centers.length, widths.length); i++) {
      windows.add(new Window(centers[i], widths[i]));
    }
    return windows;
  }

  /** Whether low stored values are bright; what is trained on is turned round. */
  public boolean isInverted() {
    return photometric == Photometric.MONOCHROME1;
  }
}
