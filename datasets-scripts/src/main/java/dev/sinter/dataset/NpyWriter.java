package dev.sinter.dataset;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Writes NumPy's {@code .npy}, version 1.0. */
final class NpyWriter {
  private static final int ALIGNMENT = 64;
  private static final int PREAMBLE = 10;

  private NpyWriter() {}

  /**
   * Writes float32 in C order, of at least two axes.
   *
   * @param parts little-endian values, one part after the other
   */
  static void writeFloats(OutputStream out, List<Integer> shape, byte[]... parts)
      throws IOException {
    String extents = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + extents + "), }";
    int length = PREAMBLE + header.length() + 1;
    int padding = (ALIGNMENT - length % ALIGNMENT) % ALIGNMENT;
    byte[] text = (header + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(text.length & 0xff);
    out.write(text.length >> 8);
    out.write(text);
    for (byte[] part : parts) {
      out.write(part);
    }
  }
}
