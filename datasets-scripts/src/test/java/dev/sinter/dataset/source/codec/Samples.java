package dev.sinter.dataset.source.codec;

import java.util.Random;

/** Pictures for the tests of the codecs, and their form as bytes. */
final class Samples {
  private Samples() {}

  /** Areas of one value, ramps and noise: what makes every mode of a predictive coder come up. */
  static int[] mixed(long seed, int rows, int columns, int components, int precision) {
    Random random = new Random(seed);
    int mask = (1 << precision) - 1;
    int[] samples = new int[rows * columns * components];
    int noise = random.nextInt(precision + 1);
    int flat = random.nextInt(mask + 1);
    for (int i = 0; i < samples.length; i++) {
      int x = i / components % columns;
      int y = i / components / columns;
      int value =
          switch ((x / 7 + y / 5) % 3) {
            case 0 -> flat;
            case 1 -> (x * 3 + y * 5 + i % components) << Math.max(0, precision - 8);
            default -> flat + (noise == 0 ? 0 : random.nextInt(1 << noise));
          };
      samples[i] = value & mask;
    }
    return samples;
  }

  /** Little-endian bytes of each sample. */
  static byte[] bytes(int[] samples, int bytesPerSample) {
    byte[] bytes = new byte[samples.length * bytesPerSample];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (samples[i / bytesPerSample] >> (8 * (i % bytesPerSample)));
    }
    return bytes;
  }

  /** Samples of a frame, signed where the frame says so. */
  static int[] of(DecodedFrame frame) {
    int bytes = frame.bytesPerSample();
    int[] samples = new int[frame.samples().length / bytes];
    for (int i = 0; i < samples.length; i++) {
      for (int b = 0; b < bytes; b++) {
        samples[i] |= (frame.samples()[i * bytes + b] & 0xFF) << (8 * b);
      }
      if (frame.signed()) {
        samples[i] = samples[i] << (32 - 8 * bytes) >> (32 - 8 * bytes);
      }
    }
    return samples;
  }
}
