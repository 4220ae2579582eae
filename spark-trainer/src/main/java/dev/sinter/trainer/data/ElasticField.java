package dev.sinter.trainer.data;

/**
 * A smooth random field of displacements (Simard et al. 2003): nodes on a coarse grid, and cubic
 * B-splines between them, the same for all slices of a volume. Drawn again without allocation.
 */
final class ElasticField {
  /** Spans between nodes along each axis; a span has four nodes. */
  private static final int SPANS = 4;

  private static final int NODES = SPANS + 3;

  private final SplitMix64 random = new SplitMix64(0);
  private final float[] nodesX = new float[NODES * NODES];
  private final float[] nodesY = new float[NODES * NODES];
  private final float[] lineX = new float[NODES];
  private final float[] lineY = new float[NODES];
  private float[] columnShares = {};
  private final float[] rowShares = new float[4];
  private int width;
  private int height;
  private boolean on;

  /** Draws from a stream of its own: what else is drawn stays as it was. */
  void draw(float pixels, long seed) {
    on = pixels > 0;
    if (!on) {
      return;
    }
    random.reseed(seed);
    for (int node = 0; node < nodesX.length; node++) {
      nodesX[node] = random.nextFloat(-pixels, pixels);
      nodesY[node] = random.nextFloat(-pixels, pixels);
    }
  }

  boolean isOn() {
    return on;
  }

  /** Prepares for images of a size. */
  void spread(int rows, int columns) {
    height = rows;
    if (!on || width == columns) {
      return;
    }
    width = columns;
    columnShares = new float[4 * columns];
    for (int x = 0; x < columns; x++) {
      shares(x, columns, columnShares, 4 * x);
    }
  }

  /** Adds the displacements of a row of pixels to their places. */
  void addRow(int y, int columns, float[] sourceX, float[] sourceY) {
    shares(y, height, rowShares, 0);
    int first = span(y, height) * NODES;
    for (int node = 0; node < NODES; node++) {
      float x = 0;
      float ofY = 0;
      for (int k = 0; k < 4; k++) {
        x += rowShares[k] * nodesX[first + k * NODES + node];
        ofY += rowShares[k] * nodesY[first + k * NODES + node];
      }
      lineX[node] = x;
      lineY[node] = ofY;
    }
    for (int x = 0; x < columns; x++) {
      int span = span(x, columns);
      for (int k = 0; k < 4; k++) {
        sourceX[x] += columnShares[4 * x + k] * lineX[span + k];
        sourceY[x] += columnShares[4 * x + k] * lineY[span + k];
      }
    }
  }

  private static int span(int pixel, int size) {
    return (int) ((long) pixel * SPANS / size);
  }

  /** Shares of the four nodes around a pixel: the uniform cubic B-spline. */
  private static void shares(int pixel, int size, float[] target, int at) {
    float t = (float) pixel * SPANS / size - span(pixel, size);
    float s = 1 - t;
    target[at] = s * s * s / 6;
    target[at + 1] = (3 * t * t * t - 6 * t * t + 4) / 6;
    target[at + 2] = (3 * s * s * s - 6 * s * s + 4) / 6;
    target[at + 3] = t * t * t / 6;
  }
}
