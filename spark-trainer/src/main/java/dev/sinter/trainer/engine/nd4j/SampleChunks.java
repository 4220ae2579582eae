package dev.sinter.trainer.engine.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Equal ranges of the samples of a batch, small enough that an operation's working copies come from
 * the heap of the C library.
 *
 * <p>oneDNN reorders its arrays into copies. One above 32 MiB is fresh memory from the system each
 * time, and clearing its pages takes longer than the convolution itself.
 *
 * @param samples in the batch
 * @param size samples in a range; the last may be shorter
 */
record SampleChunks(int samples, int size) {
  private static final long CHUNK_BYTES = 16L << 20;

  /** Ranges for the largest of the arrays. */
  static SampleChunks of(INDArray... arrays) {
    int samples = Math.toIntExact(arrays[0].size(0));
    long bytes = 1;
    for (INDArray array : arrays) {
      bytes = Math.max(bytes, array.length() * array.dataType().width());
    }
    long count = Math.min(samples, (bytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
    return new SampleChunks(samples, Math.toIntExact((samples + count - 1) / count));
  }

  /** What is done for one range. */
  @FunctionalInterface
  interface Body {
    void accept(int from, int to);
  }

  void forEach(Body body) {
    for (int from = 0; from < samples; from += size) {
      body.accept(from, Math.min(samples, from + size));
    }
  }

  /** A view of a range of an array in C order. */
  static INDArray part(INDArray array, int from, int to) {
    return to - from == array.size(0) ? array : array.get(NDArrayIndex.interval(from, to));
  }
}
