package dev.sinter.trainer.inspect;

import dev.sinter.error.SinterException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One file or folder that was looked at.
 *
 * @param path as it was named, or found below a folder that was named
 * @param kind what its facts are about
 * @param facts by their JSON keys, in order
 * @param failure why it cannot be read, or null
 */
public record Inspected(
    String path, Kind kind, Map<String, Object> facts, SinterException failure) {

  /** Kinds of facts. */
  public enum Kind {
    /** An image or a volume. */
    IMAGE,
    /** Arrays of NumPy. */
    ARRAYS,
    /** A prepared dataset. */
    DATASET,
    /** A shard of a dataset. */
    SHARD,
    /** A model with its manifest. */
    CHECKPOINT,
    /** Tensors of another library. */
    WEIGHTS,
    /** Nothing that can be read. */
    UNREADABLE
  }

  /** Copies the map and keeps its order. */
  public Inspected {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }

  static Inspected of(String path, Kind kind, Map<String, Object> facts) {
    return new Inspected(path, kind, facts, null);
  }

  static Inspected unreadable(String path, SinterException failure) {
    return new Inspected(path, Kind.UNREADABLE, Map.of(), failure);
  }

  /** Why it cannot be read. */
  public Optional<SinterException> error() {
    return Optional.ofNullable(failure);
  }

  /** The entry of {@code files}; keys that every image has are there, null without a value. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("path", path);
    json.putAll(kind == Kind.UNREADABLE ? ImageFacts.none() : facts);
    Map<String, Object> error = null;
    if (failure != null) {
      error = new LinkedHashMap<>();
      error.put("code", failure.code());
      error.put("message", failure.getMessage());
      error.put("next", failure.remedy());
    }
    json.put("error", error);
    return json;
  }
}
