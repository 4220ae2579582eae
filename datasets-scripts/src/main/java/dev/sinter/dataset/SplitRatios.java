package dev.sinter.dataset;

import java.io.Serializable;

/**
 * How patients are dealt to the splits.
 *
 * @param train share of the train split
 * @param val share of the validation split
 * @param test share of the test split
 * @param seed decides who lands where
 */
public record SplitRatios(double train, double val, double test, long seed)
    implements Serializable {
  /** 70 % train, 15 % validation, 15 % test, seed 1. */
  public static final SplitRatios DEFAULT = new SplitRatios(0.7, 0.15, 0.15, 1);

  /** Checks that the shares are not negative and sum to 1. */
  public SplitRatios {
    if (!(train >= 0 && val >= 0 && test >= 0 && Math.abs(train + val + test - 1) < 1e-6)) {
      throw DatasetErrors.usage(
          "SPLIT_RATIOS_INVALID",
          "split ratios are train " + train + ", val " + val + ", test " + test,
          "Give three ratios of at least 0 that sum to 1.");
    }
  }
}
