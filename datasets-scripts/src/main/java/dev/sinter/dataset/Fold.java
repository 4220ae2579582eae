package dev.sinter.dataset;

import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One part of a cross-validation: patients are dealt to {@code of} folds, of which one is validated
 * on and the others are trained on. The test split is held out before.
 *
 * @param number the fold to validate on, from 1; 0 without folds
 * @param of number of folds; 0 without folds
 */
public record Fold(int number, int of) implements Serializable {
  /** No folds: the ratios alone decide. */
  public static final Fold NONE = new Fold(0, 0);

  private static final Pattern TEXT = Pattern.compile("(\\d{1,4})/(\\d{1,4})");
  private static final int MOST = 1000;

  /** Checks the limits. */
  public Fold {
    boolean none = number == 0 && of == 0;
    if (!none && !(of >= 2 && of <= MOST && number >= 1 && number <= of)) {
      throw invalid(number + "/" + of);
    }
  }

  /** From a text like {@code 2/5}; empty gives {@link #NONE}. */
  public static Fold parse(String text) {
    if (text.isEmpty()) {
      return NONE;
    }
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches() || matcher.group(1).equals("0")) {
      throw invalid(text);
    }
    return new Fold(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** Whether there are folds. */
  public boolean isGiven() {
    return of > 0;
  }

  @Override
  public String toString() {
    return isGiven() ? number + "/" + of : "";
  }

  private static RuntimeException invalid(String text) {
    return DatasetErrors.usage(
        "FOLD_INVALID",
        "the fold is " + text,
        "Give the number of the fold and how many there are, such as 2/5; 2 to "
            + MOST
            + " folds.");
  }
}
