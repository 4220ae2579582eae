package dev.sinter.dataset;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Decides, from what was verified, the split, size and shard of every sample. Driver only. */
final class DatasetPlan {
  private final PrepareRequest request;
  private final SourceNames names;
  private final List<SourceEntry> entries;
  private final List<SourceFacts> taken;
  final List<Rejection> dropped = new ArrayList<>();
  final Map<Integer, String> splits = new TreeMap<>();
  final Preparation preparation;
  final List<Integer> maskValues;

  /** Rank of the first sample of every shard, and behind the last one the number of samples. */
  final List<Long> shardStarts = new ArrayList<>();

  final List<String> shardSplits = new ArrayList<>();

  /** Ranks of a source's samples, by the index of its entry. */
  final Map<Integer, long[]> ranks = new HashMap<>();

  DatasetPlan(
      PrepareRequest request,
      SourceNames names,
      List<SourceEntry> entries,
      List<SourceFacts> accepted) {
    this.request = request;
    this.names = names;
    this.entries = entries;
    refuseMixture(accepted);
    this.taken = assignSplits(accepted);
    this.preparation = choosePreparation();
    this.maskValues = chooseMaskValues();
    orderAndCut();
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

  private List<SourceFacts> assignSplits(List<SourceFacts> accepted) {
    boolean given = accepted.stream().anyMatch(f -> !entry(f).givenSplit().isEmpty());
    if (!given) {
      Map<String, String> assigned = SplitAssignment.assign(members(accepted), request.split());
      accepted.forEach(f -> splits.put(f.index(), assigned.get(entry(f).relative())));
      return accepted;
    }
    List<SourceFacts> kept = new ArrayList<>();
    Set<String> pixels = new HashSet<>();
    Set<String> patients = new HashSet<>();
    // What is tested on stays; what would be learnt from gives way.
    for (String split : List.of("test", "val", "train")) {
      List<SourceFacts> own =
          accepted.stream().filter(f -> entry(f).givenSplit().equals(split)).toList();
      for (SourceFacts facts : own) {
        SourceEntry entry = entry(facts);
        if (pixels.contains(facts.pixelHash())) {
          drop(entry, "DUPLICATE_ACROSS_SPLITS", "the same pixels lie in another split as well");
        } else if (patients.contains(entry.patient())) {
          drop(entry, "PATIENT_ACROSS_SPLITS", "its patient lies in another split as well");
        } else {
          kept.add(facts);
          splits.put(facts.index(), split);
        }
      }
      own.forEach(f -> pixels.add(f.pixelHash()));
      own.forEach(f -> patients.add(entry(f).patient()));
    }
    carveValidation(kept);
    kept.sort(Comparator.comparingInt(SourceFacts::index));
    return kept;
  }

  private void carveValidation(List<SourceFacts> kept) {
    SplitRatios ratios = request.split();
    if (splits.containsValue("val") || ratios.val() == 0) {
      return;
    }
    List<SourceFacts> train =
        kept.stream().filter(f -> splits.get(f.index()).equals("train")).toList();
    double val = ratios.val() / (ratios.val() + ratios.train());
    Map<String, String> assigned =
        SplitAssignment.assign(members(train), new SplitRatios(1 - val, val, 0, ratios.seed()));
    train.forEach(f -> splits.put(f.index(), assigned.get(entry(f).relative())));
  }

  private void drop(SourceEntry entry, String code, String message) {
    dropped.add(new Rejection(entry.relative(), code, message));
  }

  private List<SplitAssignment.Member> members(List<SourceFacts> facts) {
    return facts.stream()
        .map(
            f -> {
              SourceEntry entry = entry(f);
              return new SplitAssignment.Member(
                  entry.relative(), entry.patient(), f.pixelHash(), entry.label());
            })
        .toList();
  }

  private SourceEntry entry(SourceFacts facts) {
    return entries.get(facts.index());
  }

  private Preparation choosePreparation() {
    boolean volume = taken.get(0).volume();
    int channels = taken.stream().mapToInt(SourceFacts::channels).max().orElse(1);
    PixelType type =
        taken.stream().map(SourceFacts::pixelType).max(Comparator.naturalOrder()).orElseThrow();
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
    } else if (fit == Fit.PAD && (height < maxHeight || width < maxWidth)) {
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
    return new Preparation(
        volume ? Preparation.VOLUME : Preparation.IMAGE,
        channels,
        height,
        width,
        fit,
        type,
        request.sliceAxis());
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

  /** Orders samples by a hash, so that any range of a split is a random subset of it. */
  private void orderAndCut() {
    record Slot(String order, SourceFacts facts, int slice) {}
    long rank = 0;
    for (String split : SplitAssignment.SPLITS) {
      List<Slot> slots = new ArrayList<>();
      for (SourceFacts facts : taken) {
        if (splits.get(facts.index()).equals(split)) {
          ranks.put(facts.index(), new long[facts.slices()]);
          String id = names.sourceId(entry(facts).relative());
          for (int slice = 0; slice < facts.slices(); slice++) {
            String sample = facts.volume() ? SampleFactory.sliceId(id, slice) : id;
            String order =
                SourceNames.hex(
                    (request.split().seed() + "\0" + sample).getBytes(StandardCharsets.UTF_8));
            slots.add(new Slot(order, facts, slice));
          }
        }
      }
      slots.sort(Comparator.comparing(Slot::order));
      long filled = Long.MAX_VALUE;
      for (Slot slot : slots) {
        long bytes = sampleBytes(slot.facts());
        if (filled > request.shardBytes() - bytes) {
          shardStarts.add(rank);
          shardSplits.add(split);
          filled = 0;
        }
        filled += bytes;
        ranks.get(slot.facts().index())[slot.slice()] = rank++;
      }
    }
    shardStarts.add(rank);
  }

  private long sampleBytes(SourceFacts facts) {
    PixelType type = facts.volume() ? facts.pixelType() : preparation.pixelType();
    long area = (long) preparation.height() * preparation.width();
    return area * preparation.channels() * type.bytes()
        + (request.task() == Task.SEGMENTATION ? area : 0);
  }
}
