package dev.sinter.dataset;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.model.InputShape;
import java.io.Serializable;
import java.util.List;

/**
 * What was done to every source, so that prediction can do the same to new ones.
 *
 * @param source {@code image}, {@code volume} or {@code table}
 * @param channels of a sample: 1 or 3, a slice's with its neighbours, or columns of a row
 * @param height pixels, after the fit
 * @param width pixels, after the fit
 * @param fit how sources reach that size
 * @param pixelType the widest type of the images; the first volume's type for volumes, whose
 *     samples each carry their own
 * @param sliceAxis axis that volumes are cut along: 0, 1 or 2 (x, y, z as stored)
 * @param sample what a sample is
 * @param depth slices or frames of a sample; otherwise 1
 * @param overlap share of a patch that lies in the next one too
 * @param transforms what was done before the fit
 * @param neighbours slices on either side of a slice that are channels of it
 * @param columns features of a row, in order; otherwise empty
 */
public record Preparation(
    String source,
    int channels,
    int height,
    int width,
    Fit fit,
    PixelType pixelType,
    int sliceAxis,
    SampleKind sample,
    int depth,
    double overlap,
    Transforms transforms,
    int neighbours,
    List<String> columns)
    implements Serializable {
  /** {@link #source()} of a collection of images. */
  public static final String IMAGE = "image";

  /** {@link #source()} of a collection of volumes. */
  public static final String VOLUME = "volume";

  /** {@link #source()} of rows. */
  public static final String TABLE = "table";

  /** Copies the columns. */
  @JsonCreator
  public Preparation {
    columns = List.copyOf(columns);
  }

  /** Of images, or of volumes cut into slices. */
  public Preparation(
      String source,
      int channels,
      int height,
      int width,
      Fit fit,
      PixelType pixelType,
      int sliceAxis) {
    this(
        source,
        channels,
        height,
        width,
        fit,
        pixelType,
        sliceAxis,
        source.equals(IMAGE) ? SampleKind.IMAGE : SampleKind.SLICE,
        1,
        0,
        Transforms.NONE,
        0,
        List.of());
  }

  /** Of rows with these features. */
  static Preparation ofRows(List<String> columns) {
    return new Preparation(
        TABLE,
        columns.size(),
        1,
        1,
        Fit.PAD,
        PixelType.FLOAT32,
        2,
        SampleKind.ROW,
        1,
        0,
        Transforms.NONE,
        0,
        columns);
  }

  /** What a network takes. */
  public InputShape inputShape() {
    return switch (sample) {
      case IMAGE, SLICE -> InputShape.image(channels, height, width);
      case VOLUME, PATCH -> InputShape.volume(channels, depth, height, width);
      case SEQUENCE -> InputShape.sequence(channels * height * width, depth);
      case ROW -> InputShape.row(channels);
    };
  }

  /** Slices whose pixels a sample of kind slice holds. */
  int slicesPerSample() {
    return 2 * neighbours + 1;
  }

  /** Channels of a source: a slice's neighbours are none. */
  int channelsOfSource() {
    return sample == SampleKind.SLICE ? channels / slicesPerSample() : channels;
  }

  /** Whether volumes of several channels are stored normalised, each channel by its own. */
  boolean normalisesChannels() {
    return source.equals(VOLUME)
        && channelsOfSource() > 1
        && transforms.normalize() != Transforms.Normalize.DATASET;
  }

  /** Pixels or voxels of a sample. */
  public long positions() {
    return (long) depth * height * width;
  }

  /**
   * Whether sources are cut to the size of samples, so that a window of that size may slide over
   * what the cut leaves out.
   */
  public boolean cutsSources() {
    return switch (sample) {
      case PATCH -> true;
      case IMAGE, SLICE, VOLUME -> fit == Fit.PAD;
      case SEQUENCE, ROW -> false;
    };
  }

  /**
   * The preparation of one source as a whole: nothing is cut to the size of samples, and what is
   * smaller than that has a margin. A crop around the centre is left out, one to the foreground is
   * not: it leaves out what is empty.
   */
  public Preparation covering(RawSource raw) {
    Transforms open = transforms.withoutCentreCrop();
    int[] extents = {1, 1, 1};
    if (raw instanceof RawVolume volume) {
      VolumeGrid grid = VolumeGrid.of(volume, sliceAxis);
      List<Float> spacing = VolumeGeometry.spacing(volume, sliceAxis);
      extents = VolumeGeometry.of(grid, spacing, open).extents();
    } else if (raw instanceof RawImage image) {
      extents = VolumeGeometry.of(image, open).extents();
    }
    boolean deep = sample.isDeep();
    return new Preparation(
        source,
        channels,
        Math.max(height, extents[1]),
        Math.max(width, extents[2]),
        Fit.PAD,
        pixelType,
        sliceAxis,
        deep ? SampleKind.VOLUME : sample,
        deep ? Math.max(depth, extents[0]) : 1,
        0,
        open,
        neighbours,
        columns);
  }

  /** Samples that a source of this size gives. */
  int samplesOf(int slices, int rows, int columnsOfSlice) {
    return switch (sample) {
      case SLICE -> slices;
      case PATCH -> PatchGrid.of(new int[] {slices, rows, columnsOfSlice}, this).count();
      case IMAGE, VOLUME, SEQUENCE, ROW -> 1;
    };
  }

  /**
   * The facts as text, for fingerprints; what is newer than version 1 only where it is used, so
   * that checkpoints of older datasets still know them.
   */
  String facts() {
    String old =
        "Preparation[source="
            + source
            + ", channels="
            + channels
            + ", height="
            + height
            + ", width="
            + width
            + ", fit="
            + fit
            + ", pixelType="
            + pixelType
            + ", sliceAxis="
            + sliceAxis
            + "]";
    boolean isOld =
        (sample == SampleKind.IMAGE || sample == SampleKind.SLICE)
            && neighbours == 0
            && transforms.equals(Transforms.NONE);
    return isOld ? old : old + List.of(sample, depth, overlap, transforms, neighbours, columns);
  }
}
