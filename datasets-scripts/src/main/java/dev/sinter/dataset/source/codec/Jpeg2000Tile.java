package dev.sinter.dataset.source.codec;

import java.util.Arrays;

/** Decodes one tile: packets, code blocks, wavelet, components' transform. */
final class Jpeg2000Tile {
  private final Jpeg2000Size size;
  private final Jpeg2000Parameters parameters;
  private final Jpeg2000Block decoder = new Jpeg2000Block();
  private byte[] coded = new byte[1 << 12];
  private int[] ends = new int[2 * 128];

  Jpeg2000Tile(Jpeg2000Size size, Jpeg2000Parameters parameters) {
    this.size = size;
    this.parameters = parameters;
  }

  /** Decodes the tile's packets, which fill {@code data} up to {@code end}, into the picture. */
  void decode(int tile, byte[] data, int end, byte[] out) {
    int x = size.tileX() + tile % size.tileColumns() * size.tileWidth();
    int y = size.tileY() + tile / size.tileColumns() * size.tileHeight();
    int x0 = Math.max(x, size.x0());
    int y0 = Math.max(y, size.y0());
    int x1 = (int) Math.min((long) x + size.tileWidth(), size.x1());
    int y1 = (int) Math.min((long) y + size.tileHeight(), size.y1());
    Jpeg2000Component[] components = new Jpeg2000Component[size.components()];
    for (int c = 0; c < components.length; c++) {
      components[c] =
          new Jpeg2000Component(
              parameters.style(c), parameters.steps(c), size.precision(), x0, y0, x1, y1);
    }
    Jpeg2000Packets packets = new Jpeg2000Packets(data, end, components, parameters);
    packets.read(x0, y0);
    for (Jpeg2000Component component : components) {
      component.plane = new int[(x1 - x0) * (y1 - y0)];
    }
    for (Jpeg2000Precinct precinct : packets.precincts) {
      Jpeg2000Component component = components[precinct.component];
      for (Jpeg2000Precinct.Blocks blocks : precinct.bands) {
        if (blocks.inclusion != null) {
          decode(component, precinct.resolution, blocks, data, packets.pieces);
        }
      }
    }
    samples(components);
    for (int c = 0; c < components.length; c++) {
      store(components[c].plane, c, x0, y0, x1, y1, out);
    }
  }

  private void decode(
      Jpeg2000Component component,
      int resolution,
      Jpeg2000Precinct.Blocks blocks,
      byte[] data,
      int[] pieces) {
    Jpeg2000Style style = component.style;
    int smaller = resolution == 0 ? 0 : 1;
    int width = Math.min(style.blockWidth(), (style.precincts()[resolution] & 15) - smaller);
    int height = Math.min(style.blockHeight(), (style.precincts()[resolution] >> 4) - smaller);
    Jpeg2000Band band = blocks.band;
    for (int block = 0; block < blocks.columns * blocks.rows; block++) {
      if (blocks.passes[block] == 0) {
        continue;
      }
      // a precinct's edges are edges of blocks as well, so the band's alone cut them
      int column = blocks.column0 + block % blocks.columns;
      int row = blocks.row0 + block / blocks.columns;
      int x0 = Math.max(band.x0(), column << width);
      int y0 = Math.max(band.y0(), row << height);
      int x1 = (int) Math.min(band.x1(), (column + 1L) << width);
      int y1 = (int) Math.min(band.y1(), (row + 1L) << height);
      int segments = gather(data, pieces, blocks.firstPiece[block]);
      decoder.decode(
          coded,
          ends,
          segments,
          blocks.planes[block],
          band.kind() == 3 ? 2 : band.kind() == 1 ? 1 : 0,
          style.blockStyle(),
          x1 - x0,
          y1 - y0,
          component.plane,
          band.at() + (y0 - band.y0()) * component.width + x0 - band.x0(),
          component.width);
    }
  }

  /**
   * Joins the pieces of a block to segments, with two bytes FF after each; returns their number.
   */
  private int gather(byte[] data, int[] pieces, int firstPiece) {
    int segments = 0;
    int at = 0;
    int passes = 0;
    for (int piece = firstPiece; piece != 0; piece = pieces[5 * (piece - 1) + 4]) {
      int entry = 5 * (piece - 1);
      int length = pieces[entry + 1];
      if (pieces[entry + 3] == 1) {
        at -= 2;
        segments--;
      }
      if (at + length + 2 > coded.length) {
        coded = Arrays.copyOf(coded, 2 * (at + length + 2));
      }
      System.arraycopy(data, pieces[entry], coded, at, length);
      at += length;
      passes += pieces[entry + 2];
      if (2 * segments + 2 > ends.length) {
        ends = Arrays.copyOf(ends, 2 * ends.length);
      }
      ends[2 * segments] = at;
      ends[2 * segments + 1] = passes;
      segments++;
      coded[at++] = (byte) 0xFF;
      coded[at++] = (byte) 0xFF;
    }
    return segments;
  }

  /** Undoes wavelet and components' transform; planes hold samples before the level shift then. */
  private void samples(Jpeg2000Component[] components) {
    boolean transformed = parameters.transformed && components.length >= 3;
    boolean reversible = components[0].style.reversible();
    for (int c = 1; transformed && c < 3; c++) {
      if (components[c].style.reversible() != reversible) {
        throw CodecErrors.unreadable(
            Jpeg2000Codec.NAME, "a transform of components of different kinds");
      }
    }
    float[][] reals = new float[components.length][];
    for (int c = 0; c < components.length; c++) {
      if (components[c].style.reversible()) {
        components[c].restoreIntegers();
      } else {
        reals[c] = components[c].restoreReals();
      }
    }
    if (transformed && reversible) {
      reversible(components[0].plane, components[1].plane, components[2].plane);
    } else if (transformed) {
      irreversible(reals[0], reals[1], reals[2]);
    }
    for (int c = 0; c < components.length; c++) {
      if (reals[c] != null) {
        int[] rounded = new int[reals[c].length];
        for (int i = 0; i < rounded.length; i++) {
          rounded[i] = (int) Math.floor(reals[c][i] + 0.5f);
        }
        reals[c] = null;
        components[c].plane = rounded;
      }
    }
  }

  /** Annex G.2. */
  private static void reversible(int[] first, int[] second, int[] third) {
    for (int i = 0; i < first.length; i++) {
      int u = second[i];
      int v = third[i];
      int green = first[i] - ((u + v) >> 2);
      first[i] = v + green;
      second[i] = green;
      third[i] = u + green;
    }
  }

  /** Annex G.3. */
  private static void irreversible(float[] first, float[] second, float[] third) {
    for (int i = 0; i < first.length; i++) {
      float y = first[i];
      float cb = second[i];
      float cr = third[i];
      first[i] = y + 1.402f * cr;
      second[i] = y - 0.344136f * cb - 0.714136f * cr;
      third[i] = y + 1.772f * cb;
    }
  }

  private void store(int[] plane, int c, int x0, int y0, int x1, int y1, byte[] out) {
    int shift = size.signed() ? 0 : 1 << (size.precision() - 1);
    int least = size.signed() ? -(1 << (size.precision() - 1)) : 0;
    int most = least + (1 << size.precision()) - 1;
    int bytes = DecodedFrame.bytesFor(size.precision());
    int inPixel = size.components();
    int in = 0;
    for (int y = y0 - size.y0(); y < y1 - size.y0(); y++) {
      int at = ((y * size.columns() + x0 - size.x0()) * inPixel + c) * bytes;
      for (int x = x0; x < x1; x++, at += inPixel * bytes) {
        int value = Math.max(least, Math.min(most, plane[in++] + shift));
        out[at] = (byte) value;
        if (bytes == 2) {
          out[at + 1] = (byte) (value >> 8);
        }
      }
    }
  }
}
