package dev.sinter.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.error.NearestWord;
import dev.sinter.error.Redaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/**
 * One group of keys. Each typed read takes the key's default and limits, notes the value for the
 * effective configuration, and reports a problem instead of throwing; {@link #reportUnknownKeys()}
 * then names the keys that nobody read.
 */
final class ConfigSection {
  private final String path;
  private final JsonNode values;
  private final ObjectNode effective;
  private final List<ConfigProblem> problems;
  private final Set<String> known = new LinkedHashSet<>();

  ConfigSection(String path, JsonNode values, ObjectNode effective, List<ConfigProblem> problems) {
    this.path = path;
    this.values = values;
    this.effective = effective;
    this.problems = problems;
  }

  /** A nested group. */
  ConfigSection section(String key) {
    known.add(key);
    JsonNode node = values.path(key);
    if (!node.isMissingNode() && !node.isNull() && !node.isObject()) {
      problem(key, show(node) + " is not a group of keys");
    }
    return new ConfigSection(
        path.isEmpty() ? key : path + "." + key, node, effective.putObject(key), problems);
  }

  int integer(String key, int defaultValue, int minimum, int maximum) {
    return (int) whole(key, defaultValue, minimum, maximum);
  }

  long whole(String key, long defaultValue, long minimum, long maximum) {
    long value = defaultValue;
    Optional<JsonNode> given = given(key);
    if (given.isPresent()) {
      JsonNode node = given.get();
      if (!node.isIntegralNumber() || !node.canConvertToLong()) {
        problem(key, show(node) + " is not a whole number");
      } else if (node.longValue() < minimum || node.longValue() > maximum) {
        problem(key, show(node) + " is not within " + minimum + " to " + maximum);
      } else {
        value = node.longValue();
      }
    }
    effective.put(key, value);
    return value;
  }

  double number(String key, double defaultValue, double minimum, double maximum) {
    double value = defaultValue;
    Optional<JsonNode> given = given(key);
    if (given.isPresent()) {
      JsonNode node = given.get();
      if (!node.isNumber()) {
        problem(key, show(node) + " is not a number");
      } else if (!(node.doubleValue() >= minimum && node.doubleValue() <= maximum)) {
        problem(key, show(node) + " is not within " + minimum + " to " + maximum);
      } else {
        value = node.doubleValue();
      }
    }
    effective.put(key, value);
    return value;
  }

  boolean flag(String key, boolean defaultValue) {
    boolean value = defaultValue;
    Optional<JsonNode> given = given(key);
    if (given.isPresent()) {
      if (given.get().isBoolean()) {
        value = given.get().booleanValue();
      } else {
        problem(key, show(given.get()) + " is neither true nor false");
      }
    }
    effective.put(key, value);
    return value;
  }

  String oneOf(String key, String defaultValue, List<String> allowed) {
    String value = text(key).orElse(defaultValue);
    if (!allowed.contains(value)) {
      problem(key, "'" + value + "' is not one of " + String.join(", ", allowed));
      value = defaultValue;
    }
    effective.put(key, value);
    return value;
  }

  /** A text that must be given. */
  String required(String key, String meaning) {
    Optional<String> value = text(key);
    if (value.isEmpty() && given(key).isEmpty()) {
      problem(key, "is missing; give " + meaning);
    }
    value.ifPresent(text -> effective.put(key, text));
    return value.orElse("");
  }

  /** A location on any Hadoop file system that must be given. */
  String requiredUri(String key, String meaning) {
    String value = required(key, meaning);
    if (!value.isEmpty() || given(key).isPresent()) {
      checkUri(key, value);
    }
    return value;
  }

  /** A location that may be given. */
  Optional<String> optionalUri(String key) {
    Optional<String> value = optional(key).filter(text -> !text.isEmpty());
    value.ifPresent(text -> checkUri(key, text));
    return value;
  }

  private void checkUri(String key, String value) {
    if (Redaction.holdsPassword(value)) {
      problem(key, "holds a user and a password: " + Redaction.of(value) + "; " + Redaction.REMEDY);
      return;
    }
    try {
      new Path(value);
    } catch (IllegalArgumentException e) {
      problem(key, "'" + value + "' is not a path or URI: " + e.getMessage());
    }
  }

  Optional<String> optional(String key) {
    Optional<String> value = text(key);
    value.ifPresent(text -> effective.put(key, text));
    return value;
  }

  /** A text that is not empty. */
  String text(String key, String defaultValue) {
    String value = text(key).orElse(defaultValue);
    if (value.isBlank()) {
      problem(key, "'" + value + "' is empty");
      value = defaultValue;
    }
    effective.put(key, value);
    return value;
  }

  /** Two whole numbers, such as {@code [height, width]}. */
  Optional<int[]> pair(String key, int minimum, int maximum) {
    Optional<JsonNode> given = given(key);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    JsonNode node = given.get();
    boolean wellFormed = node.isArray() && node.size() == 2;
    for (JsonNode element : node) {
      wellFormed &=
          element.isInt() && element.intValue() >= minimum && element.intValue() <= maximum;
    }
    if (!wellFormed) {
      problem(
          key, show(node) + " is not [height, width], each within " + minimum + " to " + maximum);
      return Optional.empty();
    }
    effective.set(key, node);
    return Optional.of(new int[] {node.get(0).intValue(), node.get(1).intValue()});
  }

  /** A list of numbers, as many as one of {@code sizes} says; empty when not given. */
  List<Double> decimals(
      String key, String meaning, List<Integer> sizes, double least, double most) {
    Optional<JsonNode> given = given(key);
    if (given.isEmpty()) {
      return List.of();
    }
    List<Double> numbers = new ArrayList<>();
    boolean wellFormed = given.get().isArray() && sizes.contains(given.get().size());
    for (JsonNode element : given.get()) {
      double number = element.doubleValue();
      wellFormed &= element.isNumber() && number >= least && number <= most;
      numbers.add(number);
    }
    if (!wellFormed) {
      problem(
          key, show(given.get()) + " is not " + meaning + ", each within " + least + " to " + most);
      return List.of();
    }
    effective.set(key, given.get());
    return numbers;
  }

  /** A list of whole numbers, as many as one of {@code sizes} says; empty when not given. */
  List<Integer> wholes(String key, String meaning, List<Integer> sizes, int least, int most) {
    List<Double> numbers = decimals(key, meaning, sizes, least, most);
    if (numbers.stream().anyMatch(number -> number != Math.rint(number))) {
      problem(key, numbers + " is not " + meaning + ", in whole numbers");
      return List.of();
    }
    return numbers.stream().map(Double::intValue).toList();
  }

  /** A list of different texts; empty when not given. */
  List<String> texts(String key) {
    Optional<JsonNode> given = given(key);
    List<String> texts = new ArrayList<>();
    if (given.isPresent()) {
      boolean wellFormed = given.get().isArray();
      for (JsonNode element : given.get()) {
        wellFormed &= element.isTextual() && !texts.contains(element.textValue());
        texts.add(element.asText());
      }
      if (!wellFormed) {
        problem(key, show(given.get()) + " is not a list of different texts");
        return List.of();
      }
      effective.set(key, given.get());
    }
    return texts;
  }

  /** A list of groups; empty when not given. */
  List<ConfigSection> sections(String key) {
    Optional<JsonNode> given = given(key).filter(node -> !node.isArray() || !node.isEmpty());
    List<ConfigSection> sections = new ArrayList<>();
    if (given.isEmpty()) {
      return sections;
    }
    if (!given.get().isArray()) {
      problem(key, show(given.get()) + " is not a list of groups of keys");
      return sections;
    }
    ArrayNode copies = effective.putArray(key);
    for (JsonNode element : given.get()) {
      String name = key + "[" + sections.size() + "]";
      if (!element.isObject()) {
        problem(name, show(element) + " is not a group of keys");
      }
      sections.add(
          new ConfigSection(
              path.isEmpty() ? name : path + "." + name, element, copies.addObject(), problems));
    }
    return sections;
  }

  /** A whole number that must be given. */
  int requiredInteger(String key, String meaning, int minimum, int maximum) {
    if (given(key).isEmpty()) {
      problem(key, "is missing; give " + meaning);
      return minimum;
    }
    return integer(key, minimum, minimum, maximum);
  }

  /** A free group of numbers within limits, in the order given. */
  Map<String, Double> numbers(String key, double minimum, double maximum) {
    ConfigSection group = section(key);
    Map<String, Double> numbers = new LinkedHashMap<>();
    if (group.values.isObject()) {
      group
          .values
          .fieldNames()
          .forEachRemaining(name -> numbers.put(name, group.number(name, 1, minimum, maximum)));
    }
    return numbers;
  }

  /** A free group of strings, numbers and booleans, checked by whoever uses it. */
  Map<String, Object> scalars(String key) {
    known.add(key);
    Map<String, Object> scalars = new LinkedHashMap<>();
    ObjectNode copy = effective.putObject(key);
    JsonNode node = values.path(key);
    if (node.isMissingNode() || node.isNull()) {
      return scalars;
    }
    if (!node.isObject()) {
      problem(key, show(node) + " is not a group of keys");
      return scalars;
    }
    node.fields()
        .forEachRemaining(
            field -> {
              JsonNode value = field.getValue();
              Optional<Object> scalar = scalar(value);
              if (scalar.isEmpty()) {
                problem(
                    key + "." + field.getKey(),
                    show(value) + " is not a string, number or boolean");
              } else {
                scalars.put(field.getKey(), scalar.get());
                copy.set(field.getKey(), value);
              }
            });
    return scalars;
  }

  /**
   * A key that has an effect only beside another setting, which is not in force.
   *
   * @param with that other setting
   * @return the value that stands for it
   */
  <T> T unused(String key, T value, String with) {
    if (given(key).isPresent()) {
      problem(key, "has an effect only with " + with);
    }
    return value;
  }

  /** Whether nothing was wrong in this group. */
  boolean isWithoutProblems() {
    return problems.stream().noneMatch(problem -> problem.key().startsWith(path));
  }

  /** Reports a problem that only a later check can see. */
  void problem(String key, String message) {
    problems.add(new ConfigProblem(path.isEmpty() ? key : path + "." + key, message));
  }

  /** Reports every key that was given and never read, with the nearest known one. */
  void reportUnknownKeys() {
    values
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                problem(
                    name,
                    "is not a key here"
                        + NearestWord.of(name, known)
                            .map(near -> "; did you mean '" + near + "'?")
                            .orElse("; known are " + String.join(", ", known)));
              }
            });
  }

  private Optional<String> text(String key) {
    Optional<JsonNode> given = given(key);
    if (given.isPresent() && !given.get().isTextual()) {
      problem(key, show(given.get()) + " is not a text");
      return Optional.empty();
    }
    return given.map(JsonNode::textValue);
  }

  private Optional<JsonNode> given(String key) {
    known.add(key);
    JsonNode node = values.path(key);
    return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  private static Optional<Object> scalar(JsonNode node) {
    if (node.isTextual()) {
      return Optional.of(node.textValue());
    }
    if (node.isBoolean()) {
      return Optional.of(node.booleanValue());
    }
    if (node.isIntegralNumber() && node.canConvertToInt()) {
      return Optional.of(node.intValue());
    }
    return node.isNumber() ? Optional.of(node.doubleValue()) : Optional.empty();
  }

  private static String show(JsonNode node) {
    return node.isTextual() ? "'" + node.textValue() + "'" : node.toString();
  }
}
