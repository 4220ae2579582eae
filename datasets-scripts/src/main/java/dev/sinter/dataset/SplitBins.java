package dev.sinter.dataset;

import java.util.ArrayList;
import java.util.List;

/**
 * Where patients can be dealt to, and which split each is: {@code train}, {@code val} and {@code
 * test}; with folds {@code test} and every fold, so that all datasets of a cross-validation deal
 * alike and differ only in which fold they validate on.
 */
final class SplitBins {
  static final int TRAIN = 0;
  static final int VAL = 1;
  static final int TEST = 2;
  private static final int FIRST_FOLD = 3;
  private static final List<String> SPLITS = List.of("train", "val", "test");

  private final SplitRatios ratios;
  private final Fold fold;

  SplitBins(SplitRatios ratios, Fold fold) {
    this.ratios = ratios;
    this.fold = fold;
  }

  /** Deals what the collection gives to train: to the folds, or some of it to val. */
  SplitBins withinTrain() {
    double val = ratios.val() / (ratios.val() + ratios.train());
    boolean nothing = fold.isGiven() || ratios.val() + ratios.train() == 0;
    return new SplitBins(
        nothing
            ? new SplitRatios(1, 0, 0, ratios.seed())
            : new SplitRatios(1 - val, val, 0, ratios.seed()),
        fold);
  }

  long seed() {
    return ratios.seed();
  }

  /** Bins that take whatever is left: train, or all folds. */
  List<Integer> rest() {
    List<Integer> rest = new ArrayList<>();
    for (int i = 0; i < fold.of(); i++) {
      rest.add(FIRST_FOLD + i);
    }
    return rest.isEmpty() ? List.of(TRAIN) : rest;
  }

  /** How many of a stratum's groups a bin with a share of its own takes. */
  int[] shares(int groups) {
    int val = fold.isGiven() ? 0 : share(groups, ratios.val());
    int kept = ratios.train() > 0 || fold.isGiven() ? 1 : 0;
    int[] shares = new int[FIRST_FOLD];
    shares[VAL] = val;
    shares[TEST] = Math.max(0, Math.min(share(groups, ratios.test()), groups - val - kept));
    return shares;
  }

  /** At least one of three or more; never so many that nothing is left to train on. */
  private static int share(int groups, double ratio) {
    if (ratio == 0 || ratio >= 1) {
      return ratio == 0 ? 0 : groups;
    }
    return groups < 3 ? 0 : Math.max(1, Math.min(groups - 2, (int) Math.round(groups * ratio)));
  }

  int count() {
    return FIRST_FOLD + fold.of();
  }

  /** The split that a bin is in this dataset. */
  String split(int bin) {
    if (bin < FIRST_FOLD) {
      return SPLITS.get(bin);
    }
    return bin - FIRST_FOLD + 1 == fold.number() ? "val" : "train";
  }

  /** Name of a bin: that of its split, or {@code fold-2}. */
  String name(int bin) {
    return bin < FIRST_FOLD ? SPLITS.get(bin) : "fold-" + (bin - FIRST_FOLD + 1);
  }

  /** The bin of a name; -1 for a name that is none of these. */
  int bin(String name) {
    for (int bin = 0; bin < count(); bin++) {
      if (name(bin).equals(name)) {
        return bin;
      }
    }
    return -1;
  }
}
