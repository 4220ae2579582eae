package dev.sinter.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keys and values of a run that are yet to be checked: a YAML text, and what overrides it. */
final class Settings {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> overrides = new LinkedHashMap<>();
  private String yaml = "";
  private String source = "the configuration";

  void base(String text, String name) {
    yaml = text;
    source = name;
  }

  /** JSON is YAML; a text is quoted, so that it stays one. */
  void put(String key, Object value) {
    try {
      overrides.put(key, JSON.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(key + " cannot be " + value.getClass(), e);
    }
  }

  /** A text as it was given; empty where it was not. */
  String text(String key) {
    return ConfigFile.value(yaml, overrides, key, source);
  }

  /** Checks all of it. */
  RunConfig run() {
    return ConfigFile.parse(yaml, overrides, source);
  }
}
