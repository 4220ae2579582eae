package dev.sinter.dataset.source.codec;

/** One precinct of one resolution of one component, and what packets have told of its blocks. */
final class Jpeg2000Precinct {
  /** What is known of the code blocks of one band; arrays exist once a packet is not empty. */
  static final class Blocks {
    final Jpeg2000Band band;

    /** First and last plus one block, counted on the band's grid. */
    final int column0;

    final int row0;
    final int columns;
    final int rows;

    TagTree inclusion;
    TagTree zeroPlanes;

    /** Bit planes, passes so far, bits of the next length; 0 passes: not yet in any packet. */
    byte[] planes;

    short[] passes;
    byte[] lengthBits;

    /** First and last piece of each block in the tile's list, plus one. */
    int[] firstPiece;

    int[] lastPiece;

    Blocks(Jpeg2000Band band, int column0, int row0, int columns, int rows) {
      this.band = band;
      this.column0 = column0;
      this.row0 = row0;
      this.columns = columns;
      this.rows = rows;
    }

    void open() {
      if (inclusion == null) {
        int count = columns * rows;
        inclusion = new TagTree(columns, rows);
        zeroPlanes = new TagTree(columns, rows);
        planes = new byte[count];
        passes = new short[count];
        lengthBits = new byte[count];
        firstPiece = new int[count];
        lastPiece = new int[count];
      }
    }
  }

  final int component;
  final int resolution;
  final int index;

  /** Place on the reference grid, which orders packets by position. */
  final long x;

  final long y;
  final Blocks[] bands;
  int nextLayer;

  Jpeg2000Precinct(int component, int resolution, int index, long x, long y, Blocks[] bands) {
    this.component = component;
    this.resolution = resolution;
    this.index = index;
    this.x = x;
    this.y = y;
    this.bands = bands;
  }
}
