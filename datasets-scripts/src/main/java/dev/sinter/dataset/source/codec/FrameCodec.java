package dev.sinter.dataset.source.codec;

/** Decodes one kind of compressed frame. Stateless: one instance serves all threads. */
@FunctionalInterface
public interface FrameCodec {
  /**
   * Decodes the one frame that lies in {@code data[offset]} to {@code data[offset + length - 1]};
   * padding after the end of the frame is no error.
   *
   * @throws dev.sinter.error.SinterException {@code IMAGE_UNREADABLE} for damaged, truncated or
   *     unsupported streams, {@code IMAGE_TOO_LARGE} for one that claims more than the limits
   *     allow. The message names codec and reason, and no path: the caller knows it.
   */
  DecodedFrame decode(byte[] data, int offset, int length, Limits limits);

  /** Decodes a frame that fills its array, within {@link Limits#DEFAULT}. */
  default DecodedFrame decode(byte[] data) {
    return decode(data, 0, data.length, Limits.DEFAULT);
  }
}
