package dev.sinter.dataset.source.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the main header, or a tile's own, says of coding: ISO 15444-1 A.6. */
final class Jpeg2000Parameters {
  /** Part of a progression: which resolutions, components and layers come in which order. */
  record Progression(
      int fromResolution,
      int toResolution,
      int fromComponent,
      int toComponent,
      int layers,
      int order) {}

  /** Each goes through all precincts: no encoder writes as many, a damaged stream may. */
  private static final int MAX_PROGRESSIONS = 32;

  final int components;
  int layers;
  int order;
  boolean transformed;
  private Jpeg2000Style style;
  private Jpeg2000Steps steps;
  private final Jpeg2000Style[] ownStyles;
  private final Jpeg2000Steps[] ownSteps;
  private List<Progression> progressions = new ArrayList<>();

  /** Whether they are this tile's own, which further tile parts add to. */
  private boolean ownProgressions;

  Jpeg2000Parameters(int components) {
    this.components = components;
    ownStyles = new Jpeg2000Style[components];
    ownSteps = new Jpeg2000Steps[components];
  }

  /** A tile's parameters begin as those of the main header. */
  Jpeg2000Parameters copy() {
    Jpeg2000Parameters copy = new Jpeg2000Parameters(components);
    copy.layers = layers;
    copy.order = order;
    copy.transformed = transformed;
    copy.style = style;
    copy.steps = steps;
    System.arraycopy(ownStyles, 0, copy.ownStyles, 0, components);
    System.arraycopy(ownSteps, 0, copy.ownSteps, 0, components);
    copy.progressions = new ArrayList<>(progressions);
    return copy;
  }

  /**
   * Takes in a segment.
   *
   * @param tile whether it stands in a tile's header, where a default is stronger than the main
   *     header's word on one component
   */
  void read(int marker, byte[] data, int at, int end, boolean tile) {
    switch (marker) {
      case 0x52 -> {
        if (end - at < 10) {
          throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "its coding style is cut off");
        }
        order = data[at + 1] & 0xFF;
        layers = JpegSegments.word(data, at + 2);
        transformed = data[at + 4] == 1;
        style = Jpeg2000Style.read(data, at + 5, end, (data[at] & 1) != 0);
        if (order > 4 || layers < 1) {
          throw CodecErrors.unreadable(
              Jpeg2000Codec.NAME, "progression " + order + " of " + layers + " layers");
        }
        if (tile) {
          Arrays.fill(ownStyles, null);
        }
      }
      case 0x53 -> {
        int c = component(data, at, end);
        ownStyles[c] = Jpeg2000Style.read(data, at + 2, end, (data[at + 1] & 1) != 0);
      }
      case 0x5C -> {
        steps = Jpeg2000Steps.read(data, at, end);
        if (tile) {
          Arrays.fill(ownSteps, null);
        }
      }
      case 0x5D -> ownSteps[component(data, at, end)] = Jpeg2000Steps.read(data, at + 1, end);
      case 0x5F -> progressions(data, at, end, tile);
      case 0x5E -> throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "a region of interest");
      case 0x60, 0x61 -> throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "packed headers");
      default -> {
        // lengths and comments
      }
    }
  }

  private int component(byte[] data, int at, int end) {
    int c = end - at >= 2 ? data[at] & 0xFF : 255;
    if (c >= components) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "parameters of unknown component " + c);
    }
    return c;
  }

  private void progressions(byte[] data, int at, int end, boolean tile) {
    if (!tile || !ownProgressions) {
      progressions.clear();
      ownProgressions = tile;
    }
    for (int p = at; end - p >= 7; p += 7) {
      if (progressions.size() == MAX_PROGRESSIONS) {
        throw CodecErrors.unreadable(
            Jpeg2000Codec.NAME, "more than " + MAX_PROGRESSIONS + " changes of progression");
      }
      progressions.add(
          new Progression(
              data[p] & 0xFF,
              data[p + 4] & 0xFF,
              data[p + 1] & 0xFF,
              data[p + 5] == 0 ? 256 : data[p + 5] & 0xFF,
              JpegSegments.word(data, p + 2),
              data[p + 6] & 0xFF));
    }
  }

  /** The order of packets; without changes of order it is one progression over everything. */
  List<Progression> progressions() {
    return progressions.isEmpty()
        ? List.of(new Progression(0, 33, 0, 256, layers, order))
        : progressions;
  }

  Jpeg2000Style style(int component) {
    Jpeg2000Style own = ownStyles[component] == null ? style : ownStyles[component];
    if (own == null) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "it has no coding style");
    }
    return own;
  }

  Jpeg2000Steps steps(int component) {
    Jpeg2000Steps own = ownSteps[component] == null ? steps : ownSteps[component];
    if (own == null) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "it has no quantisation");
    }
    return own;
  }
}
