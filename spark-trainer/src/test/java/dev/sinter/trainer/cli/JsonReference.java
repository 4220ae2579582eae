package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code docs/reference/json.md} beside what commands have really written. */
final class JsonReference {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9_]*");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ([^|]+) \\|");

  /**
   * Objects whose keys are names of classes, settings or stages, masks' values, options or codes.
   */
  private static final Set<String> FREE_KEYS =
      Set.of(
          "classes",
          "labels",
          "options",
          "parameters",
          "rejected",
          "mask_values",
          "metrics",
          "versions",
          "stages");

  /** What other pages describe. */
  private static final Set<String> DESCRIBED_ELSEWHERE =
      Set.of("manifest", "preparation", "decision", "promotions");

  private final Map<String, String> sections = new LinkedHashMap<>();
  private final Map<String, Set<String>> written = new LinkedHashMap<>();

  JsonReference() throws IOException {
    String heading = "";
    for (String line : DocumentedPage.of("docs/reference/json.md").text().split("\n", -1)) {
      heading = line.startsWith("## ") ? line.substring("## ".length()) : heading;
      sections.merge(heading, line + "\n", String::concat);
    }
  }

  /**
   * Compares the results of some commands.
   *
   * @param call the folder that a {@link CommandServer} left
   */
  void compare(Path call) throws IOException {
    Path result = call.resolve("result.json");
    if (!Files.exists(result)) {
      return; // it failed, or has none
    }
    List<String> words = List.of(Files.readString(call.resolve("arguments")).split("\0", -1));
    JsonNode json = new ObjectMapper().readTree(result.toFile());
    String section = section(words);
    assertThat(sections).as("sections of json.md, for %s", words).containsKey(section);
    Set<String> top = new TreeSet<>();
    json.fieldNames().forEachRemaining(top::add);
    written.computeIfAbsent(section, unused -> new TreeSet<>()).addAll(deep(json));
    assertThat(keys(sections.get(section))).as("described keys of %s", words).containsAll(top);
    assertThat(keys(String.join("\n", sections.values())))
        .as("described keys, at any depth, for %s", words)
        .containsAll(deep(json));
  }

  /** Every key of a table has been written by some command, where commands of its kind ran. */
  void everyKeyWasWritten(Set<String> but) {
    written.forEach(
        (section, keys) -> {
          Set<String> missing = new TreeSet<>();
          Matcher rows = ROW.matcher(sections.get(section));
          while (rows.find()) {
            missing.addAll(keys(rows.group(1)));
          }
          missing.removeAll(keys);
          missing.removeAll(but);
          assertThat(missing).as("keys of `%s` that no command wrote", section).isEmpty();
        });
  }

  Set<String> comparedSections() {
    return written.keySet();
  }

  private static String section(List<String> words) {
    if (words.contains("--dry-run")) {
      return "prepare --dry-run";
    }
    if (words.contains("--registry") && words.get(0).equals("models")) {
      return "models --registry";
    }
    return words.get(0).equals("bench") ? "bench " + words.get(1) : words.get(0);
  }

  private static Set<String> keys(String text) {
    Set<String> keys = new TreeSet<>();
    Matcher spans = CODE.matcher(text);
    while (spans.find()) {
      KEY.matcher(spans.group(1)).results().forEach(key -> keys.add(key.group()));
    }
    return keys;
  }

  private static Set<String> deep(JsonNode node) {
    Set<String> keys = new TreeSet<>();
    node.fields()
        .forEachRemaining(
            field -> {
              keys.add(field.getKey());
              boolean free = FREE_KEYS.contains(field.getKey()) && field.getValue().isObject();
              if (!free && !DESCRIBED_ELSEWHERE.contains(field.getKey())) {
                keys.addAll(deep(field.getValue()));
              }
            });
    if (node.isArray()) {
      node.forEach(element -> keys.addAll(deep(element)));
    }
    return keys;
  }
}
