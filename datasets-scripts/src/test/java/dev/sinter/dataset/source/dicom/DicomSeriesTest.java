package dev.sinter.dataset.source.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.dataset.source.SourceFile;
import dev.sinter.dataset.source.VoxelType;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DicomSeriesTest {
  private static final String AXIAL = "1\\0\\0\\0\\1\\0";

  /** A slice of 2 x 3 pixels that all hold the same value. */
  private record Slice(String name, String position, int value) {
    private String slope() {
      return "1";
    }
  }

  private static SourceFile file(Slice slice, String series, String orientation, String slope) {
    byte[] pixels = new byte[6];
    java.util.Arrays.fill(pixels, (byte) slice.value());
    byte[] content =
        DicomWriter.explicit()
            .text(Tags.SERIES_INSTANCE_UID, Vr.UI, series)
            .text(Tags.IMAGE_POSITION, Vr.DS, slice.position())
            .text(Tags.IMAGE_ORIENTATION, Vr.DS, orientation)
            .number(Tags.ROWS, 2)
            .number(Tags.COLUMNS, 3)
            .text(Tags.PIXEL_SPACING, Vr.DS, "0.5\\0.25")
            .number(Tags.BITS_ALLOCATED, 8)
            .text(Tags.RESCALE_SLOPE, Vr.DS, slope)
            .bytes(Tags.PIXELS, Vr.OB, pixels)
            .file();
    return SourceFile.of(slice.name(), content);
  }

  private static SourceFile file(String name, String position, int value) {
    return file(new Slice(name, position, value), "1.2.3", AXIAL, "1");
  }

  private static List<SourceFile> stack(int count) {
    List<SourceFile> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(file("f" + i, String.format(Locale.ROOT, "10\\20\\%.2f", -5 + 2.5 * i), i));
    }
    return files;
  }

  private static void refused(String code, List<SourceFile> files) {
    assertThatThrownBy(() -> DicomSeries.read(files))
        .isInstanceOfSatisfying(SinterException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void sortsSlicesByWhereTheyLie() throws IOException {
    List<SourceFile> files = stack(5);
    Collections.shuffle(files, new Random(1));

    DicomSeries series = DicomSeries.read(files);

    assertThat(series.paths()).containsExactly("f0", "f1", "f2", "f3", "f4");
    assertThat(series.volume().dimensions()).containsExactly(3, 2, 5);
    assertThat(series.volume().storedValue(0)).isZero();
    assertThat(series.volume().storedValue(29)).isEqualTo(4);
    assertThat(series.volume().spacing(0)).isEqualTo(0.25f);
    assertThat(series.volume().spacing(1)).isEqualTo(0.5f);
    assertThat(series.volume().spacing(2)).isEqualTo(2.5f);
    // x grows to the left, y to the back, z to the head.
    assertThat(series.volume().geometry().orientation()).isEqualTo("LPS");
    assertThat(series.volume().geometry().affine())
        .containsExactly(
            new double[] {-0.25, 0, 0, -10, 0, -0.5, 0, -20, 0, 0, 2.5, -5, 0, 0, 0, 1},
            within(1e-9));
  }

  @Test
  void readsCoronalSlices() throws IOException {
    String coronal = "1\\0\\0\\0\\0\\-1";
    List<SourceFile> files = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      files.add(file(new Slice("f" + i, "0\\" + 2 * i + "\\0", i), "1", coronal, "1"));
    }

    assertThat(DicomSeries.read(files).volume().geometry().orientation()).isEqualTo("LIP");
  }

  @Test
  void readsTiltedGantries() throws IOException {
    List<SourceFile> files = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      files.add(file("f" + i, "0\\" + i + "\\" + 2 * i, i));
    }

    DicomSeries series = DicomSeries.read(files);

    assertThat(series.volume().spacing(2)).isCloseTo(2.236f, within(1e-3f));
    assertThat(series.volume().notes()).singleElement().asString().contains("26.6 degrees");
  }

  @Test
  void rescalesSlicesThatDiffer() throws IOException {
    List<SourceFile> files =
        List.of(
            file(new Slice("a", "0\\0\\0", 10), "1", AXIAL, "0.5"),
            file(new Slice("b", "0\\0\\1", 10), "1", AXIAL, "3"));

    DicomSeries series = DicomSeries.read(files);

    assertThat(series.volume().type()).isEqualTo(VoxelType.FLOAT32);
    assertThat(series.volume().storedValue(0)).isEqualTo(5);
    assertThat(series.volume().storedValue(11)).isEqualTo(30);
  }

  @Test
  void refusesGaps() {
    List<SourceFile> files = stack(6);
    files.remove(2);

    assertThatThrownBy(() -> DicomSeries.read(files))
        .hasMessage("f3: 5.000 mm from f1, where slices lie 2.500 mm apart");
    refused("DICOM_SERIES_GAP", files);
  }

  @Test
  void refusesTwoSlicesAtOnePlace() {
    List<SourceFile> files = stack(4);
    files.add(file("copy", "10\\20\\0.000", 9));

    refused("DICOM_SERIES_DUPLICATE", files);
  }

  @Test
  void refusesWhatIsOfAnotherVolume() {
    List<SourceFile> files = stack(2);
    refused("DICOM_SERIES_MIXED", with(files, new Slice("x", "10\\20\\9", 1), "1.2.4", AXIAL));
    refused(
        "DICOM_SERIES_MIXED",
        with(files, new Slice("x", "10\\20\\9", 1), "1.2.3", "0\\1\\0\\0\\0\\-1"));
    refused("DICOM_SERIES_UNPLACED", with(files, new Slice("x", "", 1), "1.2.3", AXIAL));
    refused("DICOM_SERIES_UNPLACED", with(files, new Slice("x", "1\\2\\3", 1), "1.2.3", "1\\0\\0"));
  }

  private static List<SourceFile> with(
      List<SourceFile> files, Slice slice, String series, String orientation) {
    List<SourceFile> all = new ArrayList<>(files);
    all.add(file(slice, series, orientation, slice.slope()));
    return all;
  }

  @Test
  void tellsVolumesOfOneSeriesApart() {
    String axial = key(AXIAL);

    assertThat(key("1\\0\\0\\0\\1\\0")).isEqualTo(axial);
    assertThat(key("0.99999\\0.001\\0\\-0.001\\0.99999\\0")).isEqualTo(axial);
    assertThat(key("1\\0\\0\\0\\0\\-1")).isNotEqualTo(axial);
  }

  private static String key(String orientation) {
    try {
      SourceFile file = file(new Slice("x", "0\\0\\0", 1), "1", orientation, "1");
      return DicomSeries.key(DicomReader.facts("x", file.content()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void readsASingleSlice() throws IOException {
    DicomSeries series = DicomSeries.read(stack(1));

    assertThat(series.volume().dimensions()).containsExactly(3, 2, 1);
    assertThat(series.volume().geometry().orientation()).isEqualTo("LPS");
  }
}
