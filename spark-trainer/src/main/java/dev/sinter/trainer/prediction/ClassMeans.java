package dev.sinter.trainer.prediction;

import java.nio.FloatBuffer;

/**
 * Class probabilities of sources: the mean of their slices or patches, which come one after the
 * other.
 */
final class ClassMeans {
  private final ChunkResult result;
  private final float[] sums;
  private String source = "";
  private int samples;

  ClassMeans(int classes, ChunkResult result) {
    this.result = result;
    this.sums = new float[classes];
  }

  void add(String ofSource, FloatBuffer probabilities, int offset) {
    if (!source.equals(ofSource)) {
      finish();
      source = ofSource;
    }
    for (int c = 0; c < sums.length; c++) {
      sums[c] += probabilities.get(offset + c);
    }
    samples++;
  }

  /** Behind the last sample. */
  void finish() {
    if (samples == 0) {
      return;
    }
    float[] means = new float[sums.length];
    for (int c = 0; c < sums.length; c++) {
      means[c] = sums[c] / samples;
      sums[c] = 0;
    }
    result.addClass(source, means);
    samples = 0;
  }
}
