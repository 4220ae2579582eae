package dev.sinter.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.trainer.data.SplitMix64;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A key of the configuration that a search gives values to.
 *
 * @param key full key
 * @param kind how values are drawn
 * @param choices values in YAML, when it is one of a list
 * @param low smallest value of a range
 * @param high largest value of a range
 */
public record SearchParameter(
    String key, Kind kind, List<String> choices, double low, double high) {
  private static final MathContext READABLE = new MathContext(6);
  private static final Pattern SEARCHED =
      Pattern.compile("(model|train|optimizer|engine|sync)\\.[a-z].*");

  /** What decides how long a trial trains and where: the search's own. */
  private static final Set<String> FIXED = Set.of("train.output", "train.epochs", "sync.strategy");

  /** How values are drawn. */
  public enum Kind {
    /** Each of a list as often as any other. */
    CHOICE("list"),
    /** Uniformly. */
    RANGE("range"),
    /** Uniformly in the logarithm. */
    LOG_RANGE("log-range"),
    /** Whole numbers uniformly, both ends included. */
    WHOLE_RANGE("whole-range");

    private final String key;

    Kind(String key) {
      this.key = key;
    }
  }

  /** Copies the choices. */
  public SearchParameter {
    choices = List.copyOf(choices);
  }

  /** Reads one; nothing, with a problem, when it is none. */
  static Optional<SearchParameter> read(String key, JsonNode node, ConfigSection section) {
    if (!SEARCHED.matcher(key).matches() || FIXED.contains(key)) {
      section.problem(
          key,
          "is not searched; keys under model, train, optimizer, engine and sync are, but for "
              + String.join(", ", FIXED.stream().sorted().toList()));
      return Optional.empty();
    }
    if (node.isArray() && !node.isEmpty()) {
      List<String> choices = new java.util.ArrayList<>();
      node.forEach(choice -> choices.add(choice.toString()));
      return Optional.of(new SearchParameter(key, Kind.CHOICE, choices, 0, 0));
    }
    for (Kind kind : List.of(Kind.RANGE, Kind.LOG_RANGE, Kind.WHOLE_RANGE)) {
      JsonNode range = node.path(kind.key);
      if (node.size() == 1
          && range.isArray()
          && range.size() == 2
          && range.get(0).isNumber()
          && range.get(1).isNumber()) {
        return range(key, kind, range.get(0).doubleValue(), range.get(1).doubleValue(), section);
      }
    }
    section.problem(
        key,
        node
            + " is neither a list of values nor one of {range: [a, b]}, {log-range: [a, b]} and"
            + " {whole-range: [a, b]}");
    return Optional.empty();
  }

  private static Optional<SearchParameter> range(
      String key, Kind kind, double low, double high, ConfigSection section) {
    boolean whole = low == Math.rint(low) && high == Math.rint(high);
    if (!(low < high)
        || (kind == Kind.LOG_RANGE && low <= 0)
        || (kind == Kind.WHOLE_RANGE && !whole)) {
      section.problem(
          key,
          "["
              + low
              + ", "
              + high
              + "] is no "
              + kind.key
              + ": the first number has to be the smaller one"
              + (kind == Kind.LOG_RANGE ? ", and above 0" : "")
              + (kind == Kind.WHOLE_RANGE ? ", and both whole" : ""));
      return Optional.empty();
    }
    return Optional.of(new SearchParameter(key, kind, List.of(), low, high));
  }

  /** The next value, in YAML, with six digits. */
  public String draw(SplitMix64 random) {
    if (kind == Kind.CHOICE) {
      return choices.get(random.nextInt(choices.size()));
    }
    double share = (random.nextLong() >>> 11) * 0x1p-53;
    return switch (kind) {
      case WHOLE_RANGE -> Long.toString((long) (low + Math.floor(share * (high - low + 1))));
      case LOG_RANGE -> readable(low * Math.pow(high / low, share));
      default -> readable(low + share * (high - low));
    };
  }

  private static String readable(double value) {
    return new BigDecimal(value).round(READABLE).stripTrailingZeros().toPlainString();
  }
}
