package dev.sinter.trainer.data;

import dev.sinter.dataset.PixelType;
import dev.sinter.dataset.Sample;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Small samples for tests. */
final class Samples {
  private Samples() {}

  /** An image of bytes with a class. */
  static Sample image(int label, int height, int width, int... pixels) {
    return sample(
        "s" + label, label, new byte[0], bytes(pixels), PixelType.UINT8, 1, height, width);
  }

  /** An image of bytes with a mask. */
  static Sample masked(byte[] mask, byte[] pixels, int height, int width) {
    return sample("s", -1, mask, pixels, PixelType.UINT8, 1, height, width);
  }

  /** Random gray images; the label is the index. */
  static List<Sample> random(int count, int height, int width) {
    Random random = new Random(7);
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              byte[] pixels = new byte[height * width];
              random.nextBytes(pixels);
              return sample("s" + i, i, new byte[0], pixels, PixelType.UINT8, 1, height, width);
            })
        .toList();
  }

  static Sample sample(
      String id,
      int label,
      byte[] mask,
      byte[] pixels,
      PixelType type,
      int channels,
      int height,
      int width) {
    return new Sample(
        id,
        "patient-" + id,
        "train",
        label,
        mask,
        pixels,
        type,
        channels,
        height,
        width,
        10,
        2,
        List.of(1f, 1f),
        "volume-" + id,
        3,
        id + ".png");
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
