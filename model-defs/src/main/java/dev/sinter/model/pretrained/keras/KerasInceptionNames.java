package dev.sinter.model.pretrained.keras;

import dev.sinter.model.pretrained.WeightFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The layers of keras-applications' Inception-v3, which have numbers in place of names: {@code
 * conv2d}, {@code conv2d_1} and so on, in the order in which they are made. Where the numbers begin
 * depends on what else the session made before.
 */
final class KerasInceptionNames {
  private static final Pattern NUMBERED = Pattern.compile("(.+?)(?:_(\\d{1,9}))?/[^/]+");

  private static final List<String> STEM = List.of("1a", "2a", "2b", "3b", "4a");
  private static final List<String> SQUARE =
      List.of(
          "branch1x1",
          "branch5x5-1",
          "branch5x5-2",
          "branch3x3dbl-1",
          "branch3x3dbl-2",
          "branch3x3dbl-3",
          "branch-pool");
  private static final List<String> SQUARE_REDUCTION =
      List.of("branch3x3", "branch3x3dbl-1", "branch3x3dbl-2", "branch3x3dbl-3");
  private static final List<String> FACTORISED =
      List.of(
          "branch1x1",
          "branch7x7-1",
          "branch7x7-2",
          "branch7x7-3",
          "branch7x7dbl-1",
          "branch7x7dbl-2",
          "branch7x7dbl-3",
          "branch7x7dbl-4",
          "branch7x7dbl-5",
          "branch-pool");
  private static final List<String> FACTORISED_REDUCTION =
      List.of(
          "branch3x3-1",
          "branch3x3-2",
          "branch7x7x3-1",
          "branch7x7x3-2",
          "branch7x7x3-3",
          "branch7x7x3-4");
  private static final List<String> FORKED =
      List.of(
          "branch1x1",
          "branch3x3-1",
          "branch3x3-2a",
          "branch3x3-2b",
          "branch3x3dbl-1",
          "branch3x3dbl-2",
          "branch3x3dbl-3a",
          "branch3x3dbl-3b",
          "branch-pool");

  private static final Map<String, Integer> ORDER = order();

  private final List<String> convolutions;
  private final List<String> normalisations;

  private KerasInceptionNames(List<String> convolutions, List<String> normalisations) {
    this.convolutions = convolutions;
    this.normalisations = normalisations;
  }

  static KerasInceptionNames of(WeightFile file) {
    return new KerasInceptionNames(numbered(file, "conv2d"), numbered(file, "batch_normalization"));
  }

  private static Map<String, Integer> order() {
    Map<String, Integer> order = new HashMap<>();
    add(order, "stem", STEM);
    for (String block : List.of("mixed5b", "mixed5c", "mixed5d")) {
      add(order, block, SQUARE);
    }
    add(order, "mixed6a", SQUARE_REDUCTION);
    for (String block : List.of("mixed6b", "mixed6c", "mixed6d", "mixed6e")) {
      add(order, block, FACTORISED);
    }
    add(order, "mixed7a", FACTORISED_REDUCTION);
    add(order, "mixed7b", FORKED);
    add(order, "mixed7c", FORKED);
    return Map.copyOf(order);
  }

  private static void add(Map<String, Integer> order, String block, List<String> units) {
    for (String unit : units) {
      order.put(block + "-" + unit, order.size());
    }
  }

  /**
   * Layers of one type by their numbers; a file that lacks some is given the names it should have.
   */
  private static List<String> numbered(WeightFile file, String type) {
    Map<Integer, String> found = new TreeMap<>();
    for (String tensor : file.tensors().keySet()) {
      Matcher matcher = NUMBERED.matcher(tensor);
      if (matcher.matches() && matcher.group(1).equals(type)) {
        String number = matcher.group(2);
        found.put(
            number == null ? 0 : Integer.parseInt(number),
            tensor.substring(0, tensor.lastIndexOf('/')));
      }
    }
    List<String> names = new ArrayList<>(found.values());
    for (int i = names.size(); i < ORDER.size(); i++) {
      names.add(type + "_" + i);
    }
    return names;
  }

  /** The layer of a vertex; nothing for one that keras-applications' network does not have. */
  Optional<String> layer(String vertex) {
    int end = vertex.lastIndexOf('-');
    Integer place = end < 0 ? null : ORDER.get(vertex.substring(0, end));
    if (place == null) {
      return Optional.empty();
    }
    return switch (vertex.substring(end + 1)) {
      case "conv" -> Optional.of(convolutions.get(place));
      case "bn" -> Optional.of(normalisations.get(place));
      default -> Optional.empty();
    };
  }
}
