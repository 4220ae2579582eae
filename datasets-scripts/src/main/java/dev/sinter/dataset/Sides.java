package dev.sinter.dataset;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Decides the split of every source that was accepted; drops what would lie in two. Driver only.
 */
final class Sides {
  private final SourceNames names;
  private final List<SourceEntry> entries;
  private final Growth growth;
  private final SplitBins bins;
  private final boolean given;

  /** Whether train is to be dealt on: to folds, or because there is no val. */
  private final boolean dealsTrain;

  final List<Rejection> dropped = new ArrayList<>();
  final List<SourceFacts> taken = new ArrayList<>();

  /** Bin of each entry; {@link SplitAssignment#NONE} for one that is not taken. */
  final int[] binOf;

  Sides(
      PrepareRequest request,
      SourceNames names,
      List<SourceEntry> entries,
      List<SourceFacts> accepted,
      Growth growth) {
    this.names = names;
    this.entries = entries;
    this.growth = growth;
    this.bins = new SplitBins(request.split(), request.collection().fold());
    this.given = entries.stream().anyMatch(e -> !e.givenSplit().isEmpty());
    boolean givesVal = entries.stream().anyMatch(e -> e.givenSplit().equals("val"));
    boolean folds = request.collection().fold().isGiven();
    this.dealsTrain = given && (folds || (!givesVal && request.split().val() > 0));
    this.binOf = new int[entries.size()];
    java.util.Arrays.fill(binOf, SplitAssignment.NONE);
    if (given) {
      List<SourceFacts> kept = keepGiven(accepted);
      if (dealsTrain) {
        deal(kept.stream().filter(f -> isDealt(binOf[f.index()])).toList(), bins.withinTrain());
      }
      kept.stream().filter(f -> binOf[f.index()] != SplitAssignment.NONE).forEach(taken::add);
    } else {
      deal(accepted, bins);
      accepted.stream().filter(f -> binOf[f.index()] != SplitAssignment.NONE).forEach(taken::add);
    }
    taken.sort(Comparator.comparingInt(SourceFacts::index));
  }

  /** The split of an entry that is taken. */
  String split(int index) {
    return bins.split(binOf[index]);
  }

  /** Name of the bin of an entry that is taken. */
  String bin(int index) {
    return bins.name(binOf[index]);
  }

  private boolean isDealt(int bin) {
    return bin != SplitBins.TEST && bin != SplitAssignment.NONE;
  }

  private void deal(List<SourceFacts> accepted, SplitBins into) {
    List<SplitAssignment.Member> members = new ArrayList<>();
    for (SourceFacts facts : accepted) {
      SourceEntry entry = entry(facts);
      members.add(
          new SplitAssignment.Member(
              entry.relative(),
              names.patientKey(entry.patient()),
              facts.pixels(),
              entry.label(),
              SplitAssignment.NONE));
    }
    for (Growth.Source source : growth.sides()) {
      int bin = bins.bin(source.bin());
      if (!given || isDealt(bin)) {
        members.add(
            new SplitAssignment.Member(
                source.relative(), source.patient(), source.pixels(), source.label(), bin));
      }
    }
    int[] assigned = SplitAssignment.assign(members, into);
    for (int i = 0; i < accepted.size(); i++) {
      SourceFacts facts = accepted.get(i);
      binOf[facts.index()] = assigned[i];
      if (assigned[i] == SplitAssignment.NONE) {
        drop(
            entry(facts),
            "DUPLICATE_ACROSS_SPLITS",
            "by patient and pixels it belongs to two splits of the dataset that is there");
      }
    }
  }

  /** What is tested on stays; what would be learnt from gives way. */
  private List<SourceFacts> keepGiven(List<SourceFacts> accepted) {
    KeyIndex pixels = new KeyIndex(accepted.size() + growth.all().size());
    KeyIndex patients = new KeyIndex(accepted.size() + growth.all().size());
    for (Growth.Source source : growth.sides()) {
      int side = side(bins.bin(source.bin()));
      pixels.putIfAbsent(source.pixels(), side);
      patients.putIfAbsent(source.patient(), side);
    }
    List<SourceFacts> kept = new ArrayList<>();
    for (int bin : new int[] {SplitBins.TEST, SplitBins.VAL, SplitBins.TRAIN}) {
      int side = side(bin);
      List<SourceFacts> own =
          accepted.stream().filter(f -> entry(f).givenSplit().equals(bins.split(bin))).toList();
      for (SourceFacts facts : own) {
        SourceEntry entry = entry(facts);
        if (isElsewhere(pixels.find(facts.pixels()), side)) {
          drop(entry, "DUPLICATE_ACROSS_SPLITS", "the same pixels lie in another split as well");
        } else if (isElsewhere(patients.find(names.patientKey(entry.patient())), side)) {
          drop(entry, "PATIENT_ACROSS_SPLITS", "its patient lies in another split as well");
        } else {
          kept.add(facts);
          binOf[facts.index()] = bin;
        }
      }
      own.forEach(f -> pixels.putIfAbsent(f.pixels(), side));
      own.forEach(f -> patients.putIfAbsent(names.patientKey(entry(f).patient()), side));
    }
    for (SourceFacts facts : accepted) {
      if (entry(facts).givenSplit().isEmpty()) {
        drop(entry(facts), "SPLIT_NOT_GIVEN", "other files have a given split, and it has none");
      }
    }
    return kept;
  }

  private static boolean isElsewhere(int found, int side) {
    return found != KeyIndex.ABSENT && found != side;
  }

  /** What is dealt on together counts as one side. */
  private int side(int bin) {
    return dealsTrain && isDealt(bin) ? SplitBins.TRAIN : bin;
  }

  private void drop(SourceEntry entry, String code, String message) {
    dropped.add(new Rejection(entry.relative(), code, message));
  }

  private SourceEntry entry(SourceFacts facts) {
    return entries.get(facts.index());
  }
}
