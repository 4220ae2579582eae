package dev.sinter.trainer.data;

/**
 * Resamples a volume: within the slices by the map that images have, along the slices by a factor
 * about the centre, and before that by quarter turns across the slices. Trilinear for values, the
 * nearest voxel for classes. Allocates nothing after its first volume of a size.
 */
final class VolumeDraw {
  private float xx;
  private float xy;
  private float x0;
  private float yx;
  private float yy;
  private float y0;
  private float zz;
  private float z0;
  private int plane;
  private int turns;
  private float[] sourceX = {};
  private float[] sourceY = {};
  private float[] turned = {};
  private byte[] turnedMask = {};

  void set(
      float newXx,
      float newXy,
      float newX0,
      float newYx,
      float newYy,
      float newY0,
      float newZz,
      int depth,
      int newPlane,
      int newTurns) {
    xx = newXx;
    xy = newXy;
    x0 = newX0;
    yx = newYx;
    yy = newYy;
    y0 = newY0;
    zz = newZz;
    z0 = (depth - 1) / 2f * (1 - newZz);
    plane = newPlane;
    turns = newTurns;
  }

  /** Values (channels, depth, height, width). */
  void resample(
      AugmentationDraw draw,
      float[] source,
      float[] target,
      int channels,
      int depth,
      int height,
      int width) {
    allocate(source.length, 0, width);
    float[] from = source;
    if (turns > 0) {
      for (int channel = 0; channel < channels; channel++) {
        int offset = channel * depth * height * width;
        for (int at = 0; at < depth * height * width; at++) {
          turned[offset + at] = source[offset + turnedFrom(at, depth, height, width)];
        }
      }
      from = turned;
    }
    for (int y = 0; y < height; y++) {
      placeRow(draw, y, width);
      for (int z = 0; z < depth; z++) {
        float sourceZ = zz * z + z0;
        for (int x = 0; x < width; x++) {
          for (int channel = 0; channel < channels; channel++) {
            target[((channel * depth + z) * height + y) * width + x] =
                trilinear(from, channel, sourceZ, sourceY[x], sourceX[x], depth, height, width);
          }
        }
      }
    }
  }

  /** Classes (depth, height, width). */
  void resample(
      AugmentationDraw draw, byte[] source, int[] target, int depth, int height, int width) {
    allocate(0, source.length, width);
    byte[] from = source;
    if (turns > 0) {
      for (int at = 0; at < source.length; at++) {
        turnedMask[at] = source[turnedFrom(at, depth, height, width)];
      }
      from = turnedMask;
    }
    for (int y = 0; y < height; y++) {
      placeRow(draw, y, width);
      for (int z = 0; z < depth; z++) {
        int slice = AugmentationDraw.floor(zz * z + z0 + 0.5f);
        boolean lies = slice >= 0 && slice < depth;
        for (int x = 0; x < width; x++) {
          int column = AugmentationDraw.floor(sourceX[x] + 0.5f);
          int row = AugmentationDraw.floor(sourceY[x] + 0.5f);
          boolean inside = lies && column >= 0 && column < width && row >= 0 && row < height;
          target[(z * height + y) * width + x] =
              inside ? from[(slice * height + row) * width + column] & 0xff : 0;
        }
      }
    }
  }

  private void allocate(int values, int classes, int width) {
    if (sourceX.length < width) {
      sourceX = new float[width];
      sourceY = new float[width];
    }
    if (turns > 0 && turned.length < values) {
      turned = new float[values];
    }
    if (turns > 0 && turnedMask.length < classes) {
      turnedMask = new byte[classes];
    }
  }

  private void placeRow(AugmentationDraw draw, int y, int width) {
    float rowX = xy * y + x0;
    float rowY = yy * y + y0;
    for (int x = 0; x < width; x++) {
      sourceX[x] = xx * x + rowX;
      sourceY[x] = yx * x + rowY;
    }
    draw.addElastic(y, width, sourceX, sourceY);
  }

  /** Where a voxel comes from: (slice, column) or (slice, row) turned by quarters. */
  private int turnedFrom(int at, int depth, int height, int width) {
    int x = at % width;
    int y = at / width % height;
    int z = at / (width * height);
    int last = depth - 1;
    for (int turn = 0; turn < turns; turn++) {
      int slice = z;
      if (plane == 1) {
        z = last - x;
        x = slice;
      } else {
        z = last - y;
        y = slice;
      }
    }
    return (z * height + y) * width + x;
  }

  private static float trilinear(
      float[] values, int channel, float z, float y, float x, int depth, int height, int width) {
    int below = AugmentationDraw.floor(z);
    int top = AugmentationDraw.floor(y);
    int left = AugmentationDraw.floor(x);
    float toZ = z - below;
    float toY = y - top;
    float toX = x - left;
    float result = 0;
    for (int corner = 0; corner < 8; corner++) {
      int atZ = below + (corner >> 2);
      int atY = top + (corner >> 1 & 1);
      int atX = left + (corner & 1);
      float share =
          ((corner >> 2) == 0 ? 1 - toZ : toZ)
              * ((corner >> 1 & 1) == 0 ? 1 - toY : toY)
              * ((corner & 1) == 0 ? 1 - toX : toX);
      if (share != 0
          && atZ >= 0
          && atZ < depth
          && atY >= 0
          && atY < height
          && atX >= 0
          && atX < width) {
        result += share * values[((channel * depth + atZ) * height + atY) * width + atX];
      }
    }
    return result;
  }
}
