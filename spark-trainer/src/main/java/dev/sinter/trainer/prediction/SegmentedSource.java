package dev.sinter.trainer.prediction;

import dev.sinter.dataset.PatchGrid;
import dev.sinter.dataset.Sample;
import dev.sinter.dataset.SourceCollection;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * One source on its way through the network: what goes in, and what comes out put together. Samples
 * are predicted as they are, or by windows that slide over each of them.
 */
final class SegmentedSource {
  private final SourceCollection.Source source;
  private final int classes;
  private final List<Integer> window;
  private final double overlap;
  private final PredictionOptions.Probabilities kept;
  private final List<byte[]> masks = new ArrayList<>();
  private final List<float[]> probabilities = new ArrayList<>();

  /** Samples that are fed to the network and not put together yet. */
  private final Deque<Assembly> open = new ArrayDeque<>();

  /**
   * A source.
   *
   * @param window {@code [depth, height, width]} that slides over samples; empty: they are
   *     predicted as they are
   * @param kept whether the probabilities are kept as well
   */
  SegmentedSource(
      SourceCollection.Source source,
      int classes,
      List<Integer> window,
      double overlap,
      PredictionOptions.Probabilities kept) {
    this.source = source;
    this.classes = classes;
    this.window = window;
    this.overlap = overlap;
    this.kept = kept;
  }

  /** A sample's classes, made of its windows. */
  private final class Assembly {
    final List<List<Integer>> origins;
    final WindowBlend blend;
    final byte[] mask;
    final float[] all;
    int next;

    Assembly(Sample sample, PatchGrid grid) {
      this.origins = grid.origins();
      this.mask = new byte[sample.positions()];
      boolean keep = kept == PredictionOptions.Probabilities.WRITTEN;
      this.all = new float[keep ? Math.multiplyExact(classes, mask.length) : 0];
      int area = sample.height() * sample.width();
      this.blend =
          new WindowBlend(
              grid,
              classes,
              (slice, values) -> {
                byte[] plane = Predictor.mostProbable(FloatBuffer.wrap(values), 0, classes, area);
                System.arraycopy(plane, 0, mask, slice * area, area);
                for (int c = 0; c < classes && keep; c++) {
                  int to = c * mask.length + slice * area;
                  System.arraycopy(values, c * area, all, to, area);
                }
              });
    }
  }

  SourceCollection.Source source() {
    return source;
  }

  /** What is fed to the network, in the order in which {@link #accept} expects its answers. */
  Iterator<Sample> inputs() {
    return new Iterator<>() {
      private final Iterator<Sample> samples = source.samples().iterator();
      private Iterator<Sample> windows = List.<Sample>of().iterator();

      @Override
      public boolean hasNext() {
        return windows.hasNext() || samples.hasNext();
      }

      @Override
      public Sample next() {
        if (!hasNext()) {
          throw new NoSuchElementException("no more samples");
        }
        if (!windows.hasNext()) {
          Sample sample = samples.next();
          PatchGrid grid = grid(sample);
          open.add(new Assembly(sample, grid));
          windows =
              grid.origins().stream()
                  .map(origin -> SampleWindows.cut(sample, origin, grid.size()))
                  .iterator();
        }
        return windows.next();
      }
    };
  }

  private PatchGrid grid(Sample sample) {
    List<Integer> extents = List.of(sample.depth(), sample.height(), sample.width());
    return new PatchGrid(extents, window.isEmpty() ? extents : window, overlap);
  }

  /** Takes the answer to the next sample that was fed. */
  void accept(FloatBuffer answer, int offset) {
    Assembly assembly = open.element();
    assembly.blend.add(assembly.origins.get(assembly.next++), answer, offset);
    if (assembly.next == assembly.origins.size()) {
      assembly.blend.finish();
      masks.add(assembly.mask);
      probabilities.add(assembly.all);
      open.remove();
    }
  }

  /** Class index per position of each sample. */
  List<byte[]> masks() {
    return masks;
  }

  /** (classes, depth, height, width) of each sample, where they are kept. */
  List<float[]> probabilities() {
    return probabilities;
  }

  /** Whether all samples were answered. */
  boolean isComplete() {
    return masks.size() == source.samples().size();
  }
}
