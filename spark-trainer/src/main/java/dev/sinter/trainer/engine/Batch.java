package dev.sinter.trainer.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * A micro-batch in direct buffers that are filled again for every step.
 *
 * @param samples number of samples
 * @param channels input channels
 * @param height input height
 * @param width input width
 * @param inputs (samples, channels, height, width), row major, direct
 * @param labels class indices, direct: one per sample, or one per pixel (samples, height, width)
 */
public record Batch(
    int samples, int channels, int height, int width, FloatBuffer inputs, IntBuffer labels) {

  /** Allocates a batch with one label per sample. */
  public static Batch forClassification(int samples, int channels, int height, int width) {
    return new Batch(
        samples,
        channels,
        height,
        width,
        directFloats((long) samples * channels * height * width),
        direct(samples * 4L).asIntBuffer());
  }

  /** Allocates a batch with one label per pixel. */
  public static Batch forSegmentation(int samples, int channels, int height, int width) {
    return new Batch(
        samples,
        channels,
        height,
        width,
        directFloats((long) samples * channels * height * width),
        direct((long) samples * height * width * 4).asIntBuffer());
  }

  private static FloatBuffer directFloats(long floats) {
    return direct(floats * 4).asFloatBuffer();
  }

  private static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }
}
