package dev.sinter.trainer.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;

/**
 * A micro-batch in direct buffers that are filled again for every step.
 *
 * @param samples number of samples
 * @param sampleShape one sample, channels first: (C), (C, T), (C, H, W) or (C, D, H, W)
 * @param labelShape labels of one sample: () for one, else (T), (H, W) or (D, H, W)
 * @param inputs (samples, C, ...), row major, direct
 * @param labels class indices (samples, ...), row major, direct
 */
public record Batch(
    int samples,
    List<Integer> sampleShape,
    List<Integer> labelShape,
    FloatBuffer inputs,
    IntBuffer labels) {

  /** Copies the shapes. */
  public Batch {
    sampleShape = List.copyOf(sampleShape);
    labelShape = List.copyOf(labelShape);
  }

  /** Allocates a batch of samples of a shape, channels first. */
  public static Batch of(int samples, List<Integer> sampleShape, Labels labels) {
    return labels == Labels.PER_SAMPLE
        ? withLabelPerSample(samples, sampleShape)
        : withLabelPerPosition(samples, sampleShape);
  }

  /** What has a label. */
  public enum Labels {
    /** A sample as a whole. */
    PER_SAMPLE,
    /** Each pixel, voxel or time step. */
    PER_POSITION
  }

  /** Allocates a batch of images with one label per sample. */
  public static Batch forClassification(int samples, int channels, int height, int width) {
    return withLabelPerSample(samples, List.of(channels, height, width));
  }

  /** Allocates a batch of images with one label per pixel. */
  public static Batch forSegmentation(int samples, int channels, int height, int width) {
    return withLabelPerPosition(samples, List.of(channels, height, width));
  }

  /** Allocates a batch of samples of any shape, channels first, with one label per sample. */
  public static Batch withLabelPerSample(int samples, List<Integer> sampleShape) {
    return allocate(samples, sampleShape, List.of());
  }

  /**
   * Allocates a batch of samples of any shape, channels first, with one label per pixel, voxel or
   * time step.
   */
  public static Batch withLabelPerPosition(int samples, List<Integer> sampleShape) {
    return allocate(samples, sampleShape, sampleShape.subList(1, sampleShape.size()));
  }

  private static Batch allocate(int samples, List<Integer> sampleShape, List<Integer> labelShape) {
    return new Batch(
        samples,
        sampleShape,
        labelShape,
        direct(samples * product(sampleShape) * Float.BYTES).asFloatBuffer(),
        direct(samples * product(labelShape) * Integer.BYTES).asIntBuffer());
  }

  private static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }

  private static long product(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  /** Input channels. */
  public int channels() {
    return sampleShape.get(0);
  }

  /**
   * Height of an image or volume.
   *
   * @throws IllegalStateException for a sequence or a vector
   */
  public int height() {
    return ofImage(2);
  }

  /**
   * Width of an image or volume.
   *
   * @throws IllegalStateException for a sequence or a vector
   */
  public int width() {
    return ofImage(1);
  }

  private int ofImage(int fromEnd) {
    if (sampleShape.size() < 3) {
      throw new IllegalStateException("samples of shape " + sampleShape + " are no images");
    }
    return sampleShape.get(sampleShape.size() - fromEnd);
  }

  /** Labels of one sample. */
  public int labelsPerSample() {
    return Math.toIntExact(product(labelShape));
  }

  /** (samples, C, ...). */
  public long[] inputShape() {
    return withSamples(sampleShape);
  }

  /** The labels' shape: (samples, ...). */
  public long[] labelsShape() {
    return withSamples(labelShape);
  }

  private long[] withSamples(List<Integer> shape) {
    long[] all = new long[shape.size() + 1];
    all[0] = samples;
    for (int i = 0; i < shape.size(); i++) {
      all[i + 1] = shape.get(i);
    }
    return all;
  }
}
