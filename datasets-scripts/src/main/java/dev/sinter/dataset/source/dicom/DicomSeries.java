package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.Geometry;
import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.SourceFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A volume of the slices of a series, sorted by where they lie in the patient (PS3.3 section
 * C.7.6.2.1.1), not by their names or numbers.
 *
 * @param volume slices along rows x columns, x fastest
 * @param facts of the first slice
 * @param paths of the files, in the order of the slices
 */
public record DicomSeries(RawVolume volume, DicomFacts facts, List<String> paths) {

  /** Copies the list. */
  public DicomSeries {
    paths = List.copyOf(paths);
  }

  /**
   * What files of one volume have in common: series, size, orientation. Localizers that share a
   * series with a scan get another key. Never to be shown: it holds a UID.
   */
  public static String key(DicomFacts facts) {
    StringBuilder key = new StringBuilder(facts.seriesUid());
    key.append('|').append(facts.rows()).append('x').append(facts.columns());
    key.append('x').append(facts.samples());
    for (double cosine : facts.planes().get(0).orientation()) {
      // A tenth is far above rounding and far below what tells two orientations apart.
      key.append(String.format(Locale.ROOT, "|%d", Math.round(cosine * 10)));
    }
    return facts.frames() > 1 ? key + "|" + facts.instanceUid() : key.toString();
  }

  /**
   * Reads the files of one volume, one at a time: each is asked for its content twice.
   *
   * @throws dev.sinter.error.SinterException {@code DICOM_SERIES_MIXED}, {@code
   *     DICOM_SERIES_UNPLACED}, {@code DICOM_SERIES_DUPLICATE}, {@code DICOM_SERIES_GAP}, or the
   *     code of the file that cannot be read
   */
  public static DicomSeries read(List<SourceFile> files) throws IOException {
    List<SliceOrder.Slice> slices = new ArrayList<>();
    for (SourceFile file : files) {
      slices.add(new SliceOrder.Slice(file, DicomReader.facts(file.path(), file.content())));
    }
    if (slices.size() == 1) {
      return ofOne(slices.get(0));
    }
    SliceOrder order = SliceOrder.of(slices);
    return assembled(order);
  }

  private static DicomSeries ofOne(SliceOrder.Slice slice) throws IOException {
    RawSource source = DicomReader.source(slice.path(), slice.file().content());
    RawVolume volume =
        source instanceof RawVolume frames
            ? frames
            : VolumeBuilder.ofOne((RawImage) source, FrameGeometry.ofSlice(slice.facts()));
    return new DicomSeries(volume, slice.facts(), List.of(slice.path()));
  }

  private static DicomSeries assembled(SliceOrder order) throws IOException {
    VolumeBuilder builder = new VolumeBuilder(order.slices().size());
    List<String> paths = new ArrayList<>();
    for (SliceOrder.Slice slice : order.slices()) {
      builder.add((RawImage) DicomReader.source(slice.path(), slice.file().content()));
      paths.add(slice.path());
    }
    DicomFacts first = order.slices().get(0).facts();
    Geometry geometry = FrameGeometry.of(first.planes().get(0), order.step());
    return new DicomSeries(builder.volume(geometry, order.notes()), first, paths);
  }
}
