package dev.sinter.dataset;

import dev.sinter.dataset.source.RawImage;
import java.io.Serializable;
import java.util.List;

/**
 * Brings images to a dataset's channels and size, and masks back to their source's size.
 *
 * <p>Own arithmetic on stored values: the same on every machine. Shrinking averages areas, growing
 * is bilinear, masks take the nearest value.
 */
public final class SampleFitter implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Preparation preparation;

  /** A fitter for a dataset's preparation. */
  public SampleFitter(Preparation preparation) {
    this.preparation = preparation;
  }

  /** Fits an image: channels, type of values, size. A margin is 0. */
  public RawImage fit(RawImage image) {
    return fit(image, preparation.pixelType(), 0);
  }

  /**
   * Fits a slice of a volume: it keeps its type of values.
   *
   * @param margins value of a margin in each channel, from the first again behind the last: slices
   *     beside each other have the same channels
   */
  RawImage fitSlice(RawImage slice, float... margins) {
    return fit(slice, slice.pixelType(), margins);
  }

  private RawImage fit(RawImage image, PixelType type, float... margins) {
    int height = preparation.height();
    int width = preparation.width();
    int channels = preparation.channels();
    if (image.height() == height
        && image.width() == width
        && image.channels() == channels
        && image.isStoredAs(type)) {
      return image;
    }
    float[][] planes = planes(image, channels, scale(image.pixelType(), type));
    float[] all = new float[channels * height * width];
    for (int channel = 0; channel < channels; channel++) {
      float[] plane =
          preparation.fit() == Fit.RESIZE
              ? resize(planes[channel], image.height(), image.width(), height, width)
              : place(
                  planes[channel],
                  image.height(),
                  image.width(),
                  height,
                  width,
                  margins[channel % margins.length]);
      System.arraycopy(plane, 0, all, channel * height * width, height * width);
    }
    return new RawImage(image.format(), channels, height, width, type, RawImage.encode(type, all));
  }

  /** Full white stays full white between 8 and 16 bit. */
  private static float scale(PixelType from, PixelType to) {
    if (from == PixelType.UINT8 && to == PixelType.UINT16) {
      return 257f;
    }
    return from == PixelType.UINT16 && to == PixelType.UINT8 ? 1 / 257f : 1f;
  }

  private static float[][] planes(RawImage image, int channels, float scale) {
    float[] values = image.values();
    int size = image.height() * image.width();
    float[][] planes = new float[channels][size];
    for (int channel = 0; channel < channels; channel++) {
      for (int i = 0; i < size; i++) {
        float value;
        if (image.channels() == channels) {
          value = values[channel * size + i];
        } else if (image.channels() == 1) {
          value = values[i];
        } else { // ITU-R BT.601 luma
          value = 0.299f * values[i] + 0.587f * values[size + i] + 0.114f * values[2 * size + i];
        }
        planes[channel][i] = value * scale;
      }
    }
    return planes;
  }

  /** Spacing of the fitted pixels, in mm: rows, columns, slices. */
  List<Float> fitSpacing(List<Float> spacing, int height, int width) {
    if (preparation.fit() != Fit.RESIZE) {
      return spacing;
    }
    return List.of(
        spacing.get(0) * height / preparation.height(),
        spacing.get(1) * width / preparation.width(),
        spacing.get(2));
  }

  /** A mask at the dataset's size; what lies outside the source is class 0. */
  public byte[] fitMask(byte[] mask, int height, int width) {
    return nearest(mask, height, width, preparation.height(), preparation.width());
  }

  /** A mask of the dataset's size at its source's size: the inverse of the fit. */
  public byte[] unfit(byte[] mask, int sourceHeight, int sourceWidth) {
    return nearest(mask, preparation.height(), preparation.width(), sourceHeight, sourceWidth);
  }

  private byte[] nearest(byte[] mask, int height, int width, int toHeight, int toWidth) {
    byte[] result = new byte[toHeight * toWidth];
    for (int y = 0; y < toHeight; y++) {
      int fromY = sourceIndex(y, height, toHeight);
      for (int x = 0; x < toWidth; x++) {
        int fromX = sourceIndex(x, width, toWidth);
        if (fromY >= 0 && fromY < height && fromX >= 0 && fromX < width) {
          result[y * toWidth + x] = mask[fromY * width + fromX];
        }
      }
    }
    return result;
  }

  private int sourceIndex(int index, int size, int toSize) {
    return preparation.fit() == Fit.RESIZE
        ? (int) ((2L * index + 1) * size / (2L * toSize))
        : index - offset(size, toSize);
  }

  /** First index of a centred axis; odd remainders go behind, for a cut in front alike. */
  private static int offset(int size, int toSize) {
    return toSize >= size ? (toSize - size) / 2 : -((size - toSize) / 2);
  }

  private static float[] place(
      float[] plane, int height, int width, int toHeight, int toWidth, float margin) {
    float[] result = new float[toHeight * toWidth];
    int top = offset(height, toHeight);
    int left = offset(width, toWidth);
    for (int y = 0; y < toHeight; y++) {
      for (int x = 0; x < toWidth; x++) {
        int fromY = y - top;
        int fromX = x - left;
        boolean inside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width;
        result[y * toWidth + x] = inside ? plane[fromY * width + fromX] : margin;
      }
    }
    return result;
  }

  private static float[] resize(float[] plane, int height, int width, int toHeight, int toWidth) {
    AxisWeights columns = AxisWeights.of(width, toWidth);
    AxisWeights rows = AxisWeights.of(height, toHeight);
    double[] narrowed = new double[height * toWidth];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < toWidth; x++) {
        double sum = 0;
        for (int k = 0; k < columns.weights[x].length; k++) {
          sum += columns.weights[x][k] * plane[y * width + columns.first[x] + k];
        }
        narrowed[y * toWidth + x] = sum;
      }
    }
    float[] result = new float[toHeight * toWidth];
    for (int y = 0; y < toHeight; y++) {
      for (int x = 0; x < toWidth; x++) {
        double sum = 0;
        for (int k = 0; k < rows.weights[y].length; k++) {
          sum += rows.weights[y][k] * narrowed[(rows.first[y] + k) * toWidth + x];
        }
        result[y * toWidth + x] = (float) sum;
      }
    }
    return result;
  }

  /** Which source values make a target value along one axis, and with what weights. */
  private static final class AxisWeights {
    private final int[] first;
    private final double[][] weights;

    private AxisWeights(int size) {
      first = new int[size];
      weights = new double[size][];
    }

    static AxisWeights of(int from, int to) {
      AxisWeights axis = new AxisWeights(to);
      double step = (double) from / to;
      for (int i = 0; i < to; i++) {
        if (from > to) {
          double begin = i * step;
          double end = Math.min(from, (i + 1) * step);
          int low = (int) begin;
          int high = Math.min(from, (int) Math.ceil(end - 1e-9));
          axis.first[i] = low;
          axis.weights[i] = new double[high - low];
          for (int k = low; k < high; k++) {
            axis.weights[i][k - low] = (Math.min(end, k + 1) - Math.max(begin, k)) / (end - begin);
          }
        } else {
          double centre = Math.max(0, Math.min(from - 1.0, (i + 0.5) * step - 0.5));
          int low = (int) centre;
          double share = centre - low;
          axis.first[i] = low;
          axis.weights[i] = share > 0 ? new double[] {1 - share, share} : new double[] {1};
        }
      }
      return axis;
    }
  }
}
