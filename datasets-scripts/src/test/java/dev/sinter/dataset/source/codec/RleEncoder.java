package dev.sinter.dataset.source.codec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Writes DICOM's run-length code, PS3.5 Annex G.3. */
final class RleEncoder {
  private RleEncoder() {}

  /** Encodes interleaved little-endian samples of {@code bytesPerSample} bytes. */
  static byte[] encode(byte[] samples, int samplesPerPixel, int bytesPerSample) {
    int stride = samplesPerPixel * bytesPerSample;
    List<byte[]> segments = new ArrayList<>();
    for (int sample = 0; sample < samplesPerPixel; sample++) {
      for (int significance = bytesPerSample - 1; significance >= 0; significance--) {
        byte[] plane = new byte[samples.length / stride];
        for (int i = 0; i < plane.length; i++) {
          plane[i] = samples[i * stride + sample * bytesPerSample + significance];
        }
        segments.add(packBits(plane));
      }
    }
    int length = 64;
    ByteBuffer header = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(segments.size());
    for (byte[] segment : segments) {
      header.putInt(length);
      length += segment.length;
    }
    ByteBuffer out = ByteBuffer.allocate(length).put(header.array());
    segments.forEach(out::put);
    return out.array();
  }

  private static byte[] packBits(byte[] plane) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    while (at < plane.length) {
      int run = 1;
      while (run < 128 && at + run < plane.length && plane[at + run] == plane[at]) {
        run++;
      }
      if (run > 1) {
        out.write(1 - run);
        out.write(plane[at]);
        at += run;
      } else {
        int literal = 1;
        while (literal < 128
            && at + literal < plane.length
            && plane[at + literal] != plane[at + literal - 1]) {
          literal++;
        }
        out.write(literal - 1);
        out.write(plane, at, literal);
        at += literal;
      }
    }
    if (out.size() % 2 == 1) {
      out.write(0);
    }
    return out.toByteArray();
  }
}
