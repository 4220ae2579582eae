package dev.sinter.trainer.config;

import dev.sinter.model.NetworkParts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The keys under {@code model.freeze}, and {@code model.unfreeze}.
 *
 * @param until stage, block or vertex that is frozen with everything it depends on
 * @param pattern regular expression over whole names of vertices that are frozen
 * @param statistics whether batch normalisations that are frozen keep their running statistics
 * @param unfreeze what is given back to training, by epoch
 */
public record FreezeConfig(
    Optional<String> until,
    Optional<String> pattern,
    Statistics statistics,
    List<Unfreeze> unfreeze) {
  private static final String NEEDS_FREEZE = "model.freeze.until or model.freeze.pattern";

  /** What becomes of the running statistics of a batch normalisation that is frozen. */
  public enum Statistics {
    /** They stay, and the layer computes with them in training as well. */
    FROZEN,
    /** They follow the batches, with which the layer computes in training. */
    MOVING
  }

  /**
   * An entry of {@code model.unfreeze}.
   *
   * @param epoch the first one in which it trains, counted from 1
   * @param from stage, block or vertex that trains with everything that depends on it
   * @param learningRateFactor multiplied into the learning rate of what begins to train
   */
  public record Unfreeze(int epoch, String from, double learningRateFactor) {}

  /** Copies the list. */
  public FreezeConfig {
    unfreeze = List.copyOf(unfreeze);
  }

  /** Whether anything is frozen at first. */
  public boolean isEmpty() {
    return until.isEmpty() && pattern.isEmpty();
  }

  static FreezeConfig read(ConfigSection model) {
    ConfigSection section = model.section("freeze");
    Optional<String> until = section.optional("until");
    Optional<String> pattern = pattern(section);
    boolean freezes = until.isPresent() || pattern.isPresent();
    String statistics =
        freezes
            ? section.oneOf("statistics", "frozen", List.of("frozen", "moving"))
            : section.unused("statistics", "frozen", NEEDS_FREEZE);
    section.reportUnknownKeys();
    List<Unfreeze> unfreeze = new ArrayList<>();
    for (ConfigSection entry : model.sections("unfreeze")) {
      unfreeze.add(
          new Unfreeze(
              entry.requiredInteger("epoch", "the first epoch in which it trains", 2, 1_000_000),
              entry.required("from", "a stage, block or vertex of the network"),
              entry.number("learning-rate-factor", 1, 1e-9, 1000)));
      entry.reportUnknownKeys();
    }
    if (!unfreeze.isEmpty() && !freezes && section.isWithoutProblems()) {
      model.problem("unfreeze", "has an effect only with " + NEEDS_FREEZE);
    }
    return new FreezeConfig(
        until, pattern, Statistics.valueOf(statistics.toUpperCase(Locale.ROOT)), unfreeze);
  }

  private static Optional<String> pattern(ConfigSection section) {
    Optional<String> text = section.optional("pattern");
    try {
      return text.map(Pattern::compile).map(Pattern::pattern);
    } catch (PatternSyntaxException e) {
      section.problem(
          "pattern",
          "'" + text.orElseThrow() + "' is not a regular expression: " + e.getDescription());
      return Optional.empty();
    }
  }

  /** Those of the vertices that the pattern matches. */
  Set<String> matching(NetworkParts parts) {
    return pattern.map(Pattern::compile).map(parts::matching).orElse(Set.of());
  }
}
