package dev.sinter.model;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;

/**
 * The shape of one sample, channels first.
 *
 * @param dimensions {@code [C]}, {@code [C, T]}, {@code [C, H, W]} or {@code [C, D, H, W]}
 */
public record InputShape(List<Integer> dimensions) implements Serializable {

  /** What a sample is, by its number of dimensions. */
  public enum Kind {
    /** {@code [C]}: one value per column of a table. */
    ROW("rows", "columns"),
    /** {@code [C, T]}. */
    SEQUENCE("sequences", "channels x steps"),
    /** {@code [C, H, W]}. */
    IMAGE("images", "channels x height x width"),
    /** {@code [C, D, H, W]}. */
    VOLUME("volumes", "channels x depth x height x width");

    private final String plural;
    private final String axes;

    Kind(String plural, String axes) {
      this.plural = plural;
      this.axes = axes;
    }

    /** The kind in words, such as {@code images}. */
    public String plural() {
      return plural;
    }

    /** Its dimensions in words, such as {@code channels x height x width}. */
    public String axes() {
      return axes;
    }
  }

  /** Copies the list. */
  public InputShape {
    dimensions = List.copyOf(dimensions);
    if (dimensions.isEmpty() || dimensions.size() > Kind.values().length) {
      throw new IllegalArgumentException("a sample has 1 to 4 dimensions, not " + dimensions);
    }
  }

  /** Values of a row. */
  public static InputShape row(int channels) {
    return new InputShape(List.of(channels));
  }

  /** A sequence. */
  public static InputShape sequence(int channels, int steps) {
    return new InputShape(List.of(channels, steps));
  }

  /** An image, in pixels. */
  public static InputShape image(int channels, int height, int width) {
    return new InputShape(List.of(channels, height, width));
  }

  /** A volume, in voxels. */
  public static InputShape volume(int channels, int depth, int height, int width) {
    return new InputShape(List.of(channels, depth, height, width));
  }

  /** What a sample is. */
  public Kind kind() {
    return kind(dimensions.size());
  }

  static Kind kind(int dimensions) {
    return Kind.values()[dimensions - 1];
  }

  /** Channels of a position, or columns of a row. */
  public int channels() {
    return dimensions.get(0);
  }

  /**
   * Steps of a sequence.
   *
   * @throws IllegalStateException if it is none
   */
  public int steps() {
    return kind() == Kind.SEQUENCE ? fromEnd(1) : lacking("steps");
  }

  /**
   * Slices of a volume.
   *
   * @throws IllegalStateException if it is none
   */
  public int depth() {
    return kind() == Kind.VOLUME ? fromEnd(3) : lacking("depth");
  }

  /**
   * Rows of an image, or of a volume's slices.
   *
   * @throws IllegalStateException if it is neither
   */
  public int height() {
    return isSpatial() ? fromEnd(2) : lacking("height");
  }

  /**
   * Columns of an image, or of a volume's slices.
   *
   * @throws IllegalStateException if it is neither
   */
  public int width() {
    return isSpatial() ? fromEnd(1) : lacking("width");
  }

  /** All dimensions but the channels: those over which a convolution moves. */
  public List<Integer> positions() {
    return dimensions.subList(1, dimensions.size());
  }

  private boolean isSpatial() {
    return kind() == Kind.IMAGE || kind() == Kind.VOLUME;
  }

  private int fromEnd(int index) {
    return dimensions.get(dimensions.size() - index);
  }

  private int lacking(String axis) {
    throw new IllegalStateException(kind().plural() + " (" + this + ") have no " + axis);
  }

  /**
   * What DL4J describes: channels, then positions. A sequence whose length DL4J does not know has a
   * number of steps below 1.
   */
  public static List<Long> sides(InputType type) {
    if (type instanceof InputType.InputTypeConvolutional image) {
      return List.of(image.getChannels(), image.getHeight(), image.getWidth());
    }
    if (type instanceof InputType.InputTypeConvolutional3D volume) {
      return List.of(
          volume.getChannels(), volume.getDepth(), volume.getHeight(), volume.getWidth());
    }
    if (type instanceof InputType.InputTypeRecurrent sequence) {
      return List.of(sequence.getSize(), sequence.getTimeSeriesLength());
    }
    return List.of(type.arrayElementsPerExample());
  }

  /** As DL4J calls it, channels first. */
  public InputType inputType() {
    return switch (kind()) {
      case ROW -> InputType.feedForward(channels());
      case SEQUENCE -> InputType.recurrent(channels(), steps());
      case IMAGE -> InputType.convolutional(height(), width(), channels());
      case VOLUME ->
          InputType.convolutional3D(
              Convolution3D.DataFormat.NCDHW, depth(), height(), width(), channels());
    };
  }

  /** Such as {@code 3x224x224}. */
  @Override
  public String toString() {
    return dimensions.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
