package dev.sinter.dataset.source.dicom;

/** Pixels whose samples lie together, and one plane for each sample. */
final class Planes {
  private Planes() {}

  /** To planes. */
  static byte[] of(byte[] interleaved, int samples, int width) {
    if (samples == 1) {
      return interleaved;
    }
    byte[] planes = new byte[interleaved.length];
    int pixels = interleaved.length / samples / width;
    int out = 0;
    for (int sample = 0; sample < samples; sample++) {
      for (int pixel = 0; pixel < pixels; pixel++) {
        int in = (pixel * samples + sample) * width;
        for (int i = 0; i < width; i++) {
          planes[out++] = interleaved[in + i];
        }
      }
    }
    return planes;
  }

  /** The other way round. */
  static byte[] interleaved(byte[] planes, int samples, int width) {
    return samples == 1 ? planes : of(planes, planes.length / samples / width, width);
  }
}
