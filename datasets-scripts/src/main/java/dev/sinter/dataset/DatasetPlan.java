package dev.sinter.dataset;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Decides, from what was verified, the split, size and shard of every sample. Driver only. */
final class DatasetPlan {
  private final PrepareRequest request;
  private final SortedMap<Integer, String> declaredMasks;
  private final List<SourceFacts> taken;
  final Sides sides;
  final Preparation preparation;
  final List<Integer> maskValues;
  final ShardOrder order;

  DatasetPlan(
      PrepareRequest request,
      SourceNames names,
      List<SourceEntry> entries,
      SortedMap<Integer, String> declaredMasks,
      List<SourceFacts> accepted,
      Growth growth) {
    this.request = request;
    this.declaredMasks = declaredMasks;
    refuseMixture(accepted);
    this.sides = new Sides(request, names, entries, accepted, growth);
    this.taken = sides.taken;
    this.preparation =
        growth.manifest().map(DatasetManifest::preparation).orElseGet(this::choosePreparation);
    this.maskValues =
        growth.manifest().map(DatasetManifest::maskValues).orElseGet(this::chooseMaskValues);
    if (growth.isGiven()) {
      requireFits(growth.manifest().orElseThrow());
    }
    this.order = new ShardOrder(request, names, entries, sides, preparation, this::sampleBytes);
  }

  List<SourceFacts> taken() {
    return taken;
  }

  private void refuseMixture(List<SourceFacts> accepted) {
    long volumes = accepted.stream().filter(SourceFacts::volume).count();
    if (volumes > 0 && volumes < accepted.size()) {
      throw DatasetErrors.data(
          "SOURCES_MIXED",
          request.input()
              + ": "
              + volumes
              + " volumes and "
              + (accepted.size() - volumes)
              + " images",
          "Prepare images and volumes as two datasets.");
    }
  }

  /** New sources become samples as the old ones did. */
  private void requireFits(DatasetManifest dataset) {
    boolean volumes = dataset.preparation().source().equals(Preparation.VOLUME);
    for (SourceFacts facts : taken) {
      String problem =
          facts.volume() != volumes
              ? "the new files are " + (volumes ? "images" : "volumes")
              : !dataset.maskValues().containsAll(facts.maskValues())
                  ? "new masks hold " + facts.maskValues()
                  : facts.channels() > preparation.channels()
                      ? "new images have " + facts.channels() + " channels"
                      : !volumes && !facts.pixelType().fitsInto(preparation.pixelType())
                          ? "new images are of " + facts.pixelType()
                          : preparation.fit() == Fit.PAD
                                  && (facts.height() > preparation.height()
                                      || facts.width() > preparation.width())
                              ? "a new image is " + facts.height() + " x " + facts.width()
                              : "";
      if (!problem.isEmpty()) {
        throw DatasetErrors.usage(
            "DATASET_CANNOT_GROW",
            request.output()
                + " holds "
                + (volumes ? "volumes" : "images")
                + " of "
                + preparation.channels()
                + " x "
                + preparation.height()
                + " x "
                + preparation.width()
                + (dataset.maskValues().isEmpty() ? "" : " with masks of " + dataset.maskValues())
                + ", but "
                + problem,
            "Use --overwrite to prepare all anew, or another output.");
      }
    }
  }

  private Preparation choosePreparation() {
    boolean volume = taken.get(0).volume();
    SampleKind kind = request.sampling().kindFor(request.input(), volume);
    int channels = taken.stream().mapToInt(SourceFacts::channels).max().orElse(1);
    PixelType type =
        taken.stream().map(SourceFacts::pixelType).reduce(PixelType::common).orElseThrow();
    int maxHeight = taken.stream().mapToInt(SourceFacts::height).max().orElse(1);
    int maxWidth = taken.stream().mapToInt(SourceFacts::width).max().orElse(1);
    int height = request.height();
    int width = request.width();
    Fit fit = request.chosenFit();
    if (height == 0 && fit == Fit.PAD) {
      height = (maxHeight + 15) / 16 * 16;
      width = (maxWidth + 15) / 16 * 16;
    } else if (height == 0) {
      long size = mostFrequentSize();
      height = (int) (size >>> 32);
      width = (int) size;
    } else if (kind != SampleKind.PATCH
        && fit == Fit.PAD
        && (height < maxHeight || width < maxWidth)) {
      throw DatasetErrors.usage(
          "SIZE_TOO_SMALL",
          "size "
              + height
              + " x "
              + width
              + " does not hold the largest image, "
              + maxHeight
              + " x "
              + maxWidth,
          "Give a larger size, or fit resize.");
    }
    Preparation base =
        new Preparation(
            volume ? Preparation.VOLUME : Preparation.IMAGE,
            channels,
            height,
            width,
            fit,
            type,
            request.sliceAxis());
    Preparation chosen = request.sampling().completed(base, kind, taken);
    if (!SourceVerifier.isAddressable(
        chosen.channels(), chosen.depth(), chosen.height(), chosen.width())) {
      throw DatasetErrors.data(
          "IMAGE_TOO_LARGE",
          "a sample is to be "
              + chosen.channels()
              + " x "
              + chosen.depth()
              + " x "
              + chosen.height()
              + " x "
              + chosen.width(),
          "Give a smaller size, or prepare patches; 2 GiB of 32-bit floats at most.");
    }
    return chosen;
  }

  /** Height in the upper, width in the lower half; the larger one of equally frequent sizes. */
  private long mostFrequentSize() {
    Map<Long, Integer> counts = new TreeMap<>();
    taken.forEach(f -> counts.merge(((long) f.height() << 32) | f.width(), 1, Integer::sum));
    return counts.entrySet().stream()
        .max(Map.Entry.<Long, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .orElseThrow()
        .getKey();
  }

  private List<Integer> chooseMaskValues() {
    TreeSet<Integer> values = new TreeSet<>();
    taken.forEach(f -> values.addAll(f.maskValues()));
    values.addAll(declaredMasks.keySet());
    if (values.isEmpty()) {
      return List.of();
    }
    if (preparation.source().equals(Preparation.VOLUME)) {
      for (int value = 0; value <= values.last(); value++) {
        values.add(value); // labels of volumes are class indices already
      }
    }
    if (values.size() > 256) {
      throw DatasetErrors.data(
          "TOO_MANY_MASK_VALUES",
          request.input() + ": the masks hold " + values.size() + " values; at most 256 are read",
          "Save masks without loss, one value per class.");
    }
    return List.copyOf(values);
  }

  private long sampleBytes(SourceFacts facts) {
    PixelType type = facts.volume() ? facts.pixelType() : preparation.pixelType();
    long area = preparation.positions();
    return area * preparation.channels() * type.bytes()
        + (request.task() == Task.SEGMENTATION ? area : 0);
  }
}
