package dev.sinter.model;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * What a vertex puts out for a sample.
 *
 * @param kind rows, sequences, images or volumes
 * @param channels of each position
 * @param positions {@code [T]}, {@code [H, W]} or {@code [D, H, W]}; nothing for rows
 */
record SkipShape(InputShape.Kind kind, long channels, List<Long> positions) {
  static SkipShape of(InputType type) {
    List<Long> sides = InputShape.sides(type);
    return new SkipShape(
        InputShape.kind(sides.size()), sides.get(0), List.copyOf(sides.subList(1, sides.size())));
  }

  /** The ways in which a skip of this shape can join another shape. */
  List<Skip.Align> alignments(SkipShape to, Skip.Merge merge) {
    return Stream.of(Skip.Align.PROJECT, Skip.Align.POOL, Skip.Align.TRANSPOSE, Skip.Align.NONE)
        .filter(align -> joins(to, merge, align))
        .toList();
  }

  private boolean joins(SkipShape to, Skip.Merge merge, Skip.Align align) {
    if (kind != to.kind) {
      return false;
    }
    boolean same = positions.equals(to.positions);
    boolean spatial = kind == InputShape.Kind.IMAGE || kind == InputShape.Kind.VOLUME;
    return switch (align) {
      case AUTO -> !alignments(to, merge).isEmpty();
      case NONE -> same && (merge == Skip.Merge.CONCAT || channels == to.channels);
      case PROJECT -> same && kind != InputShape.Kind.SEQUENCE;
      case POOL -> spatial && !same && pools(to);
      case TRANSPOSE -> spatial && !same && isMultiple(to.positions, positions);
    };
  }

  /** Images to any smaller grid, volumes by whole windows. */
  private boolean pools(SkipShape to) {
    return kind == InputShape.Kind.IMAGE
        ? IntStream.range(0, positions.size())
            .allMatch(axis -> positions.get(axis) >= to.positions.get(axis))
        : isMultiple(positions, to.positions);
  }

  private static boolean isMultiple(List<Long> larger, List<Long> smaller) {
    return IntStream.range(0, larger.size())
        .allMatch(axis -> larger.get(axis) % smaller.get(axis) == 0);
  }

  /** How often each axis of a smaller one fits; nothing where it does not. */
  int[] ratios(SkipShape smaller) {
    return isMultiple(positions, smaller.positions)
        ? IntStream.range(0, positions.size())
            .map(axis -> Math.toIntExact(positions.get(axis) / smaller.positions.get(axis)))
            .toArray()
        : new int[0];
  }

  /** Such as {@code 64x56x56}. */
  @Override
  public String toString() {
    return Stream.concat(Stream.of(channels), positions.stream())
        .map(String::valueOf)
        .collect(Collectors.joining("x"));
  }
}
