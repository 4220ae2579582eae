package dev.sinter.dataset;

import java.math.BigDecimal;
import java.util.Comparator;

/** Order of classes that a table names: 2 before 10, numbers before words. */
final class LabelOrder {
  static final Comparator<String> NUMBERS_FIRST =
      Comparator.comparing((String label) -> number(label) == null)
          .thenComparing(
              LabelOrder::number, Comparator.nullsLast(Comparator.<BigDecimal>naturalOrder()))
          .thenComparing(Comparator.naturalOrder());

  private LabelOrder() {}

  private static BigDecimal number(String label) {
    return label.matches("-?\\d{1,18}(\\.\\d{1,18})?") ? new BigDecimal(label) : null;
  }
}
