package dev.sinter.dataset.source.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The packets of one tile, ISO 15444-1 B.9, B.10 and B.12: which piece belongs to which block. */
final class Jpeg2000Packets {
  private static final int MAX_PLANES = 30;

  /**
   * Blocks that packets may go over, for each sample of the tile and each byte of its stream:
   * blocks of 4 x 4 samples in 64 layers.
   */
  private static final int MAX_VISITS = 4;

  private final int end;
  private final Jpeg2000Component[] components;
  private final Jpeg2000Parameters parameters;
  private final Jpeg2000PacketBits bits;
  final List<Jpeg2000Precinct> precincts = new ArrayList<>();

  /**
   * Pieces of code blocks, five numbers each: begin, length, passes in it, whether it goes on in
   * the segment before (1), and the next piece plus one.
   */
  int[] pieces = new int[256 * 5];

  private int pieceCount;

  /** First piece of the packet that is being read. */
  private int packetPieces;

  /**
   * Blocks that packets may still go over. A packet of few bytes can pass over millions of blocks
   * that have nothing in it, and the next layer again: this bounds the time.
   */
  private long visitsLeft;

  Jpeg2000Packets(
      byte[] data, int end, Jpeg2000Component[] components, Jpeg2000Parameters parameters) {
    this.end = end;
    this.components = components;
    this.parameters = parameters;
    bits = new Jpeg2000PacketBits(data, 0, end);
  }

  /** Reads all packets. */
  void read(int tileX, int tileY) {
    requireBytes();
    visitsLeft = (long) MAX_VISITS * end;
    for (Jpeg2000Component component : components) {
      visitsLeft += (long) MAX_VISITS * component.width * component.height;
    }
    for (int c = 0; c < components.length; c++) {
      for (int r = 0; r <= components[c].style.levels(); r++) {
        addPrecincts(c, r, tileX, tileY);
      }
    }
    for (Jpeg2000Parameters.Progression progression : parameters.progressions()) {
      read(progression);
    }
    for (Jpeg2000Precinct precinct : precincts) {
      if (precinct.nextLayer < parameters.layers) {
        throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "packets are missing");
      }
    }
  }

  /** Each packet takes a byte at least: what cannot be there is not allocated. */
  private void requireBytes() {
    long packets = 0;
    for (Jpeg2000Component component : components) {
      for (int r = 0; r <= component.style.levels(); r++) {
        packets += (long) across(component, r) * down(component, r) * parameters.layers;
      }
    }
    if (packets > end) {
      throw CodecErrors.unreadable(
          Jpeg2000Codec.NAME, "a tile of " + end + " bytes cannot hold " + packets + " packets");
    }
  }

  private static int across(Jpeg2000Component component, int r) {
    int size = component.style.precincts()[r] & 15;
    int left = component.left(r);
    int right = component.right(r);
    return right > left ? Jpeg2000Component.ceiling(right, size) - (left >> size) : 0;
  }

  private static int down(Jpeg2000Component component, int r) {
    int size = component.style.precincts()[r] >> 4;
    int top = component.top(r);
    int bottom = component.bottom(r);
    return bottom > top ? Jpeg2000Component.ceiling(bottom, size) - (top >> size) : 0;
  }

  private void addPrecincts(int c, int r, int tileX, int tileY) {
    Jpeg2000Component component = components[c];
    int columns = across(component, r);
    int rows = down(component, r);
    int width = component.style.precincts()[r] & 15;
    int height = component.style.precincts()[r] >> 4;
    int shift = component.style.levels() - r;
    for (int k = 0; k < columns * rows; k++) {
      int column = (component.left(r) >> width) + k % columns;
      int row = (component.top(r) >> height) + k / columns;
      long x = Math.max(tileX, (long) column << (width + shift));
      long y = Math.max(tileY, (long) row << (height + shift));
      Jpeg2000Band[] bands = component.bands(r);
      var blocks = new Jpeg2000Precinct.Blocks[bands.length];
      for (int b = 0; b < bands.length; b++) {
        blocks[b] = blocks(component.style, bands[b], r, column, row, width, height);
      }
      precincts.add(new Jpeg2000Precinct(c, r, k, x, y, blocks));
    }
  }

  private static Jpeg2000Precinct.Blocks blocks(
      Jpeg2000Style style, Jpeg2000Band band, int r, int column, int row, int width, int height) {
    int across = r == 0 ? width : width - 1;
    int down = r == 0 ? height : height - 1;
    int x0 = (int) Math.max(band.x0(), (long) column << across);
    int x1 = (int) Math.min(band.x1(), (column + 1L) << across);
    int y0 = (int) Math.max(band.y0(), (long) row << down);
    int y1 = (int) Math.min(band.y1(), (row + 1L) << down);
    int blockWidth = Math.min(style.blockWidth(), across);
    int blockHeight = Math.min(style.blockHeight(), down);
    boolean empty = x1 <= x0 || y1 <= y0;
    return new Jpeg2000Precinct.Blocks(
        band,
        x0 >> blockWidth,
        y0 >> blockHeight,
        empty ? 0 : Jpeg2000Component.ceiling(x1, blockWidth) - (x0 >> blockWidth),
        empty ? 0 : Jpeg2000Component.ceiling(y1, blockHeight) - (y0 >> blockHeight));
  }

  private void read(Jpeg2000Parameters.Progression progression) {
    int layers = Math.min(progression.layers(), parameters.layers);
    List<Jpeg2000Precinct> chosen = new ArrayList<>();
    for (Jpeg2000Precinct precinct : precincts) {
      if (precinct.resolution >= progression.fromResolution()
          && precinct.resolution < progression.toResolution()
          && precinct.component >= progression.fromComponent()
          && precinct.component < progression.toComponent()) {
        chosen.add(precinct);
      }
    }
    chosen.sort(order(progression.order()));
    if (progression.order() == 0) {
      for (int layer = 0; layer < layers; layer++) {
        for (Jpeg2000Precinct precinct : chosen) {
          packet(precinct, layer);
        }
      }
      return;
    }
    if (progression.order() == 1) {
      for (int from = 0; from < chosen.size(); ) {
        int to = from;
        while (to < chosen.size() && chosen.get(to).resolution == chosen.get(from).resolution) {
          to++;
        }
        for (int layer = 0; layer < layers; layer++) {
          for (int p = from; p < to; p++) {
            packet(chosen.get(p), layer);
          }
        }
        from = to;
      }
      return;
    }
    for (Jpeg2000Precinct precinct : chosen) {
      for (int layer = 0; layer < layers; layer++) {
        packet(precinct, layer);
      }
    }
  }

  private static Comparator<Jpeg2000Precinct> order(int order) {
    Comparator<Jpeg2000Precinct> byResolution = Comparator.comparingInt(p -> p.resolution);
    Comparator<Jpeg2000Precinct> byComponent = Comparator.comparingInt(p -> p.component);
    Comparator<Jpeg2000Precinct> byPlace =
        Comparator.<Jpeg2000Precinct>comparingLong(p -> p.y).thenComparingLong(p -> p.x);
    Comparator<Jpeg2000Precinct> whole =
        switch (order) {
          case 0, 1 -> byResolution.thenComparing(byComponent);
          case 2 -> byResolution.thenComparing(byPlace).thenComparing(byComponent);
          case 3 -> byPlace.thenComparing(byComponent).thenComparing(byResolution);
          case 4 -> byComponent.thenComparing(byPlace).thenComparing(byResolution);
          default -> throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "progression " + order);
        };
    return whole.thenComparingInt(p -> p.index);
  }

  private void packet(Jpeg2000Precinct precinct, int layer) {
    if (layer < precinct.nextLayer) {
      return;
    }
    if (layer > precinct.nextLayer) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "a packet precedes that of a lower layer");
    }
    precinct.nextLayer++;
    bits.skipMarker(0x91, 6);
    packetPieces = pieceCount;
    if (bits.bit() == 1) {
      int style = components[precinct.component].style.blockStyle();
      for (Jpeg2000Precinct.Blocks blocks : precinct.bands) {
        visitsLeft -= (long) blocks.columns * blocks.rows;
        if (visitsLeft < 0) {
          throw CodecErrors.unreadable(
              Jpeg2000Codec.NAME, "its layers go over more blocks than its samples can need");
        }
        if (blocks.columns * blocks.rows > 0) {
          header(blocks, layer, style);
        }
      }
    }
    bits.endHeader();
    bits.skipMarker(0x92, 2);
    int at = bits.position();
    for (int piece = packetPieces; piece < pieceCount; piece++) {
      pieces[5 * piece] = at;
      int length = pieces[5 * piece + 1];
      if (length > end - at) {
        throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "a packet is cut off");
      }
      at += length;
    }
    bits.moveTo(at);
  }

  private void header(Jpeg2000Precinct.Blocks blocks, int layer, int style) {
    blocks.open();
    for (int block = 0; block < blocks.columns * blocks.rows; block++) {
      int x = block % blocks.columns;
      int y = block / blocks.columns;
      boolean first = blocks.passes[block] == 0;
      boolean included = first ? blocks.inclusion.below(x, y, layer + 1, bits) : bits.bit() == 1;
      if (!included) {
        continue;
      }
      if (first) {
        int zeros = 0;
        while (!blocks.zeroPlanes.below(x, y, zeros + 1, bits)) {
          if (++zeros > blocks.band.planes()) {
            throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "a block lacks all its bit planes");
          }
        }
        int planes = blocks.band.planes() - zeros;
        if (planes > MAX_PLANES) {
          throw CodecErrors.unreadable(Jpeg2000Codec.NAME, planes + " bit planes");
        }
        blocks.planes[block] = (byte) planes;
        blocks.lengthBits[block] = 3;
      }
      passes(blocks, block, style);
    }
  }

  private void passes(Jpeg2000Precinct.Blocks blocks, int block, int style) {
    int before = blocks.passes[block];
    int fresh = passCount();
    if (before + fresh > 3 * blocks.planes[block] - 2) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "a block has more passes than bit planes");
    }
    while (bits.bit() == 1) {
      if (++blocks.lengthBits[block] > 31) {
        throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "a length of more than 31 bits");
      }
    }
    int pass = before;
    int last = before + fresh;
    while (pass < last) {
      int boundary = Math.min(last, segmentEnd(pass, style));
      int count = boundary - pass;
      int lengthBits = blocks.lengthBits[block] + 31 - Integer.numberOfLeadingZeros(count);
      int length = lengthBits > 31 ? Integer.MAX_VALUE : bits.bits(lengthBits);
      boolean continues = pass > 0 && segmentEnd(pass - 1, style) > pass;
      add(blocks, block, length, count, continues);
      pass = boundary;
    }
    blocks.passes[block] = (short) last;
  }

  /** The pass before which the segment of this pass ends, Table D.9. */
  private static int segmentEnd(int pass, int style) {
    if ((style & Jpeg2000Block.TERMINATED) != 0) {
      return pass + 1;
    }
    if ((style & Jpeg2000Block.LAZY) == 0) {
      return Integer.MAX_VALUE;
    }
    if (pass < Jpeg2000Block.EAGER_PASSES) {
      return Jpeg2000Block.EAGER_PASSES;
    }
    return pass % 3 == 1 ? pass + 2 : pass + 1;
  }

  /** Table B.4. */
  private int passCount() {
    if (bits.bit() == 0) {
      return 1;
    }
    if (bits.bit() == 0) {
      return 2;
    }
    int two = bits.bits(2);
    if (two < 3) {
      return 3 + two;
    }
    int five = bits.bits(5);
    return five < 31 ? 6 + five : 37 + bits.bits(7);
  }

  private void add(
      Jpeg2000Precinct.Blocks blocks, int block, int length, int passes, boolean continues) {
    int at = 5 * pieceCount++;
    if (at == pieces.length) {
      pieces = Arrays.copyOf(pieces, 2 * at);
    }
    pieces[at + 1] = length;
    pieces[at + 2] = passes;
    pieces[at + 3] = continues ? 1 : 0;
    if (blocks.firstPiece[block] == 0) {
      blocks.firstPiece[block] = pieceCount;
    } else {
      pieces[5 * (blocks.lastPiece[block] - 1) + 4] = pieceCount;
    }
    blocks.lastPiece[block] = pieceCount;
  }
}
