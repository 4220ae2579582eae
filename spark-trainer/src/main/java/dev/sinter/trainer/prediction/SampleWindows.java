package dev.sinter.trainer.prediction;

import dev.sinter.dataset.Sample;
import java.util.List;

/** Cuts windows out of samples. */
final class SampleWindows {
  private SampleWindows() {}

  /**
   * A window as a sample of its own; the sample itself where the window is as large.
   *
   * @param origin first slice, row and column
   * @param size slices, rows and columns
   */
  static Sample cut(Sample sample, List<Integer> origin, List<Integer> size) {
    int depth = size.get(0);
    int height = size.get(1);
    int width = size.get(2);
    if (depth == sample.depth() && height == sample.height() && width == sample.width()) {
      return sample;
    }
    int bytes = sample.pixelType().bytes();
    byte[] pixels = new byte[sample.channels() * depth * height * width * bytes];
    int to = 0;
    for (int channel = 0; channel < sample.channels(); channel++) {
      for (int z = 0; z < depth; z++) {
        int plane = channel * sample.depth() + origin.get(0) + z;
        for (int y = 0; y < height; y++) {
          int row = plane * sample.height() + origin.get(1) + y;
          int from = (row * sample.width() + origin.get(2)) * bytes;
          System.arraycopy(sample.pixels(), from, pixels, to, width * bytes);
          to += width * bytes;
        }
      }
    }
    return new Sample(
        sample.id(),
        sample.patient(),
        sample.split(),
        sample.label(),
        new byte[0],
        pixels,
        sample.pixelType(),
        sample.channels(),
        height,
        width,
        sample.intensityMean(),
        sample.intensityStd(),
        sample.spacing(),
        sample.volume(),
        sample.slice(),
        sample.source(),
        depth,
        List.of(),
        List.of());
  }
}
