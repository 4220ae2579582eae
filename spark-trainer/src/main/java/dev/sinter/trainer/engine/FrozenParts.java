package dev.sinter.trainer.engine;

import java.io.Serializable;
import java.util.HashSet;
import java.util.Set;

/**
 * What of a network does not train: a mask, so that the configuration stays what it is.
 *
 * @param vertices whose parameters stay as they are; they get any gradient, or none
 * @param normalisations batch normalisations that compute with their running statistics in training
 *     as well, and give none of a batch
 */
public record FrozenParts(Set<String> vertices, Set<String> normalisations)
    implements Serializable {
  /** Everything trains. */
  public static final FrozenParts NONE = new FrozenParts(Set.of(), Set.of());

  /** Copies the sets. */
  public FrozenParts {
    vertices = new HashSet<>(vertices);
    normalisations = new HashSet<>(normalisations);
  }
}
