package dev.sinter.model;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A skip connection to be added to a network: what one vertex puts out joins what another one puts
 * out, and everything that read the latter reads both.
 *
 * @param from vertex at which it begins
 * @param to vertex whose output it joins
 * @param merge how it joins
 * @param align how it comes to a shape that can be joined
 */
public record Skip(String from, String to, Merge merge, Align align) implements Serializable {

  private static final String INFIX = "-skip-";

  /** How a skip joins. */
  public enum Merge {
    /** Added element by element. */
    ADD,
    /** Concatenated along the channels; the layers that follow get weights for them. */
    CONCAT;

    /** As it is written in configurations and checkpoints. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** All keys. */
    public static List<String> keys() {
      return Arrays.stream(values()).map(Merge::key).toList();
    }

    /** The one with that key. */
    public static Optional<Merge> byKey(String key) {
      return Arrays.stream(values()).filter(value -> value.key().equals(key)).findFirst();
    }
  }

  /** How a skip comes to a shape that can be joined. */
  public enum Align {
    /** Whichever of the others the shapes ask for. */
    AUTO,
    /** It has such a shape. */
    NONE,
    /** A convolution of one position: the channels of the vertex that it joins. */
    PROJECT,
    /** Averages over windows, to fewer positions; then, where it is added, as a projection. */
    POOL,
    /** A transposed convolution, to more positions and the channels of the vertex it joins. */
    TRANSPOSE;

    /** As it is written in configurations and checkpoints. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** All keys. */
    public static List<String> keys() {
      return Arrays.stream(values()).map(Align::key).toList();
    }

    /** The one with that key. */
    public static Optional<Align> byKey(String key) {
      return Arrays.stream(values()).filter(value -> value.key().equals(key)).findFirst();
    }
  }

  /** Nothing may be missing. */
  public Skip {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(merge, "merge");
    Objects.requireNonNull(align, "align");
  }

  /** A skip that is added, aligned as the shapes ask for. */
  public static Skip add(String from, String to) {
    return new Skip(from, to, Merge.ADD, Align.AUTO);
  }

  /** A skip that is concatenated, aligned as the shapes ask for. */
  public static Skip concatenate(String from, String to) {
    return new Skip(from, to, Merge.CONCAT, Align.AUTO);
  }

  /** The vertex where it joins; those before it have this name and a word more. */
  public String vertex() {
    return to + INFIX + from;
  }

  /** Whether a vertex belongs to an added skip. */
  public static boolean isOfSkip(String vertex) {
    return vertex.contains(INFIX);
  }

  /** Such as {@code block1-pool -> block2-conv2}, for messages. */
  @Override
  public String toString() {
    return from + " -> " + to;
  }
}
