package dev.sinter.dataset;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How samples are made of sources.
 *
 * @param kind word of {@link SampleKind}, or {@code auto}: images, or slices of volumes
 * @param depth slices or frames of a volume or sequence; 0 lets the stage choose
 * @param patch size of patches: slices, rows, columns; empty for other kinds
 * @param overlap share of a patch that lies in the next one too
 * @param neighbours slices on either side that a slice has as further channels
 * @param transforms what is done to a source before
 * @param table columns of a table; for rows alone
 */
public record Sampling(
    String kind,
    int depth,
    List<Integer> patch,
    double overlap,
    int neighbours,
    Transforms transforms,
    TableColumns table)
    implements Serializable {
  /** As stored, 2.4 times the voxels of a volume; a half would be 8 times. */
  public static final double DEFAULT_OVERLAP = 0.25;

  /** {@link #kind()} of images, or of slices of volumes. */
  public static final String AUTO = "auto";

  /** Images, or slices of volumes, as they are. */
  public static final Sampling DEFAULT =
      new Sampling(AUTO, 0, List.of(), DEFAULT_OVERLAP, 0, Transforms.NONE, TableColumns.DEFAULT);

  /** Checks the values against each other. */
  public Sampling {
    patch = List.copyOf(patch);
    if (!kind.equals(AUTO) && SampleKind.byKey(kind).isEmpty()) {
      throw invalid(
          "the kind of samples is " + kind,
          "Give auto, " + String.join(", ", SampleKind.keys()) + ".");
    }
    boolean patches = kind.equals(SampleKind.PATCH.key());
    if (patches != (patch.size() == 3) || patch.stream().anyMatch(size -> size < 1)) {
      throw invalid(
          "the patch is " + patch + " for samples of kind " + kind,
          "Give slices, rows and columns of a patch with the kind patch, and with no other.");
    }
    if (!(overlap >= 0 && overlap <= 0.9)) {
      throw invalid("the overlap of patches is " + overlap, "Give a share from 0 to 0.9.");
    }
    if (neighbours < 0 || neighbours > 16) {
      throw invalid("there are " + neighbours + " neighbours", "Give 0 to 16.");
    }
    boolean deep = kind.equals(SampleKind.VOLUME.key()) || kind.equals(SampleKind.SEQUENCE.key());
    if (depth < 0 || (depth > 0 && !deep)) {
      throw invalid(
          "the depth is " + depth + " for samples of kind " + kind,
          "Give a depth with volumes and sequences alone.");
    }
  }

  private static RuntimeException invalid(String problem, String remedy) {
    return DatasetErrors.usage("PREPARE_REQUEST_INVALID", problem, remedy);
  }

  /** Samples of a kind. */
  public static Sampling of(SampleKind kind) {
    return new Sampling(
        kind.key(), 0, List.of(), DEFAULT_OVERLAP, 0, Transforms.NONE, TableColumns.DEFAULT);
  }

  /** Patches of a size, which overlap. */
  public static Sampling ofPatches(int slices, int rows, int columns, double overlap) {
    return new Sampling(
        SampleKind.PATCH.key(),
        0,
        List.of(slices, rows, columns),
        overlap,
        0,
        Transforms.NONE,
        TableColumns.DEFAULT);
  }

  /** With a depth of volumes or sequences. */
  public Sampling withDepth(int value) {
    return new Sampling(kind, value, patch, overlap, neighbours, transforms, table);
  }

  /** With other transforms. */
  public Sampling withTransforms(Transforms value) {
    return new Sampling(kind, depth, patch, overlap, neighbours, value, table);
  }

  /** With neighbours of slices as channels. */
  public Sampling withNeighbours(int value) {
    return new Sampling(kind, depth, patch, overlap, value, transforms, table);
  }

  /** With columns of a table. */
  public Sampling withTable(TableColumns value) {
    return new Sampling(kind, depth, patch, overlap, neighbours, transforms, value);
  }

  /**
   * The kind for sources of a collection.
   *
   * @throws dev.sinter.error.SinterException {@code SAMPLE_KIND_MISMATCH}, {@code
   *     PREPARE_REQUEST_INVALID}
   */
  SampleKind kindFor(String input, boolean volumes) {
    SampleKind chosen =
        SampleKind.byKey(kind).orElse(volumes ? SampleKind.SLICE : SampleKind.IMAGE);
    if ((chosen == SampleKind.IMAGE) == volumes) {
      throw DatasetErrors.usage(
          "SAMPLE_KIND_MISMATCH",
          input
              + " holds "
              + (volumes ? "volumes" : "images")
              + ", of which no samples of kind "
              + chosen.key()
              + " are made",
          volumes
              ? "Set data.sample to slice, volume, patch or sequence."
              : "Set data.sample to image, or leave it out.");
    }
    if (!transforms.spacing().isEmpty() && !volumes) {
      throw invalid("images have no spacing to resample", "Leave data.transforms.spacing out.");
    }
    if (neighbours > 0 && chosen != SampleKind.SLICE) {
      throw invalid(
          "samples of kind " + chosen.key() + " have no neighbours", "Leave data.neighbours out.");
    }
    return chosen;
  }

  /** What a preparation of these sources keeps of it. */
  Preparation completed(Preparation base, SampleKind chosen, List<SourceFacts> sources) {
    return new Preparation(
        base.source(),
        base.channels() * (2 * neighbours + 1),
        chosen == SampleKind.PATCH ? patch.get(1) : base.height(),
        chosen == SampleKind.PATCH ? patch.get(2) : base.width(),
        chosen == SampleKind.PATCH ? Fit.PAD : base.fit(),
        base.pixelType(),
        base.sliceAxis(),
        chosen,
        chosen == SampleKind.PATCH ? patch.get(0) : depthOf(base, chosen, sources),
        chosen == SampleKind.PATCH ? overlap : 0,
        transforms,
        neighbours,
        List.of());
  }

  /** As given; else of the deepest source where it is padded, of most sources where resized. */
  private int depthOf(Preparation base, SampleKind chosen, List<SourceFacts> sources) {
    if (!chosen.isDeep()) {
      return 1;
    }
    int deepest = sources.stream().mapToInt(SourceFacts::slices).max().orElse(1);
    if (depth == 0 && base.fit() == Fit.PAD) {
      return (deepest + 15) / 16 * 16;
    }
    if (depth == 0) {
      return mostFrequent(sources);
    }
    if (base.fit() == Fit.PAD && depth < deepest) {
      throw DatasetErrors.usage(
          "SIZE_TOO_SMALL",
          "the depth " + depth + " does not hold the deepest source, " + deepest,
          "Give a larger depth, or fit resize.");
    }
    return depth;
  }

  /** The larger one of equally frequent depths. */
  private static int mostFrequent(List<SourceFacts> sources) {
    Map<Integer, Integer> counts = new TreeMap<>();
    sources.forEach(facts -> counts.merge(facts.slices(), 1, Integer::sum));
    return counts.entrySet().stream()
        .max(
            Map.Entry.<Integer, Integer>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey()))
        .orElseThrow()
        .getKey();
  }
}
