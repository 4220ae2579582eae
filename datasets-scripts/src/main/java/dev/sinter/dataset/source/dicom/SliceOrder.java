package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.SourceFile;
import dev.sinter.error.SinterException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Slices in the order in which they lie along their common normal, checked to make one grid.
 *
 * @param slices at least two
 * @param step from one to the next, in mm of the patient's system
 * @param notes what a reader of a report should know
 */
record SliceOrder(List<Slice> slices, double[] step, List<String> notes) {
  /** Nearer than this, two slices are the same one. */
  static final double SAME_MM = 0.01;

  /** A distance may differ from the middle one by this part of it. */
  static final double TOLERANCE = 0.1;

  /** A file of one frame. */
  record Slice(SourceFile file, DicomFacts facts) {

    String path() {
      return file.path();
    }

    Plane plane() {
      return facts.planes().get(0);
    }
  }

  static SliceOrder of(List<Slice> files) {
    Slice first = files.get(0);
    for (Slice slice : files) {
      requireLike(first, slice);
    }
    double[] normal = first.plane().normal();
    List<Slice> slices = new ArrayList<>(files);
    slices.sort(
        Comparator.<Slice>comparingDouble(slice -> slice.plane().along(normal))
            .thenComparing(Slice::path));
    double middle = requireEqualDistances(slices, normal);
    return new SliceOrder(slices, step(slices), notes(slices, normal, middle));
  }

  private static void requireLike(Slice first, Slice slice) {
    DicomFacts a = first.facts();
    DicomFacts b = slice.facts();
    String differs =
        b.frames() > 1
            ? "it has " + b.frames() + " frames"
            : !a.seriesUid().equals(b.seriesUid())
                ? "it is of another series"
                : a.rows() != b.rows() || a.columns() != b.columns() || a.samples() != b.samples()
                    ? size(b) + ", not " + size(a)
                    : "";
    if (!differs.isEmpty()) {
      throw mixed(slice, first, differs);
    }
    if (!slice.plane().isPlaced()) {
      throw DicomErrors.data(
          "DICOM_SERIES_UNPLACED",
          slice.path()
              + ": no usable Image Position (0020,0032) or Image Orientation (0020,0037), so its"
              + " place among the slices is unknown",
          "Take the images one by one (data.sample: image), or leave this file out.");
    }
    if (!slice.plane().isParallelTo(first.plane())) {
      throw mixed(slice, first, "its plane is not parallel");
    }
    if (differ(slice.plane().rowSpacing(), first.plane().rowSpacing())
        || differ(slice.plane().columnSpacing(), first.plane().columnSpacing())) {
      throw mixed(slice, first, "its pixel spacing is another");
    }
  }

  private static boolean differ(double a, double b) {
    return Math.abs(a - b) > 1e-3 * Math.max(a, b);
  }

  private static String size(DicomFacts facts) {
    return facts.rows() + " x " + facts.columns() + " pixels of " + facts.samples();
  }

  private static SinterException mixed(Slice slice, Slice first, String differs) {
    return DicomErrors.data(
        "DICOM_SERIES_MIXED",
        slice.path() + ": " + differs + "; it makes no volume with " + first.path(),
        "Put files of different series, sizes or orientations into folders of their own.");
  }

  private static double requireEqualDistances(List<Slice> slices, double[] normal) {
    double[] gaps = new double[slices.size() - 1];
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = slices.get(i + 1).plane().along(normal) - slices.get(i).plane().along(normal);
      if (gaps[i] < SAME_MM) {
        throw DicomErrors.data(
            "DICOM_SERIES_DUPLICATE",
            slices.get(i + 1).path() + ": it lies where " + slices.get(i).path() + " lies",
            "Remove one of them, or separate the time points or echoes of the series.");
      }
    }
    double[] sorted = gaps.clone();
    java.util.Arrays.sort(sorted);
    double middle = sorted[sorted.length / 2];
    for (int i = 0; i < gaps.length; i++) {
      if (Math.abs(gaps[i] - middle) > Math.max(SAME_MM, TOLERANCE * middle)) {
        throw DicomErrors.data(
            "DICOM_SERIES_GAP",
            String.format(
                Locale.ROOT,
                "%s: %.3f mm from %s, where slices lie %.3f mm apart",
                slices.get(i + 1).path(),
                gaps[i],
                slices.get(i).path(),
                middle),
            "Fetch the missing slices, or take the images one by one (data.sample: image).");
      }
    }
    return middle;
  }

  private static double[] step(List<Slice> slices) {
    double[] from = slices.get(0).plane().position();
    double[] to = slices.get(slices.size() - 1).plane().position();
    double[] step = new double[3];
    for (int i = 0; i < 3; i++) {
      step[i] = (to[i] - from[i]) / (slices.size() - 1);
    }
    return step;
  }

  /** A tilted gantry moves each slice within its plane. */
  private static List<String> notes(List<Slice> slices, double[] normal, double middle) {
    double[] step = step(slices);
    double length = FrameGeometry.length(step);
    double along = step[0] * normal[0] + step[1] * normal[1] + step[2] * normal[2];
    double degrees = Math.toDegrees(Math.acos(Math.min(1, along / length)));
    if (degrees < 0.5) {
      return List.of();
    }
    return List.of(
        String.format(
            Locale.ROOT,
            "slices of %.3f mm are sheared by %.1f degrees (tilted gantry)",
            middle,
            degrees));
  }
}
