package dev.sinter.trainer.sync;

import java.io.Serializable;

/**
 * How the messages of gradient sharing are made smaller.
 *
 * @param kind what is sent
 * @param density of sparse messages: the share of the trainable parameters that one message has
 * @param warmUpSteps of sparse messages: steps over which the density falls to it, by the same
 *     factor each
 */
public record Compression(Kind kind, double density, long warmUpSteps) implements Serializable {
  /** Whole gradients. */
  public static final Compression NONE = new Compression(Kind.NONE, 1, 0);

  /** The density in the first step of a warm-up: a quarter, as Lin et al. (2018) begin. */
  static final double FIRST_DENSITY = 0.25;

  /** What is sent of a gradient. */
  public enum Kind {
    /** All of it in 32 bits. */
    NONE("none"),
    /** All of it with 11 significant bits, 16 with sign and exponent within a block. */
    FP16("fp16"),
    /** All of it with 8 significant bits, 16 with sign and exponent. */
    BF16("bf16"),
    /** What has grown above a threshold that follows the density, in multiples of it. */
    THRESHOLD("threshold"),
    /** The largest elements. */
    TOP_K("top-k");

    private final String key;

    Kind(String key) {
      this.key = key;
    }

    /** The name in configurations. */
    public String key() {
      return key;
    }

    /** Whether most of a gradient waits for a later step. */
    public boolean sparse() {
      return this == THRESHOLD || this == TOP_K;
    }

    /** The kind of a name in configurations. */
    public static Kind byKey(String key) {
      for (Kind kind : values()) {
        if (kind.key.equals(key)) {
          return kind;
        }
      }
      throw new IllegalArgumentException("no compression is called '" + key + "'");
    }
  }

  /** Checks the numbers. */
  public Compression {
    if (!(density > 0 && density <= 1) || warmUpSteps < 0) {
      throw new IllegalArgumentException(
          "a density of " + density + " after " + warmUpSteps + " steps of warm-up");
    }
  }

  /** A kind without numbers. */
  public static Compression of(Kind kind) {
    return new Compression(kind, 1, 0);
  }

  /**
   * The density of a step.
   *
   * @param step counts from 1
   */
  double densityAt(long step) {
    if (step > warmUpSteps || density >= FIRST_DENSITY) {
      return density;
    }
    double done = (step - 1) / (double) warmUpSteps;
    return FIRST_DENSITY * StrictMath.pow(density / FIRST_DENSITY, done);
  }
}
