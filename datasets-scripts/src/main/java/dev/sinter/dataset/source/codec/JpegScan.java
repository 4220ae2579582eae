package dev.sinter.dataset.source.codec;

import java.util.HashSet;
import java.util.Set;

/**
 * A scan header (SOS) of ISO 10918-1, B.2.3.
 *
 * @param components those that the scan holds
 * @param start first coefficient, or the predictor of lossless frames
 * @param end last coefficient
 * @param high bit above which the coefficients are known (successive approximation), 0 at first
 * @param low bit down to which this scan gives them, or the point transform of lossless frames
 */
record JpegScan(JpegComponent[] components, int start, int end, int high, int low) {

  static JpegScan read(JpegFrame frame, JpegSegments segments, byte[] data, int at, int end) {
    int count = end - at >= 1 ? data[at] & 0xFF : 0;
    if (count < 1 || count > 4 || end - at < 4 + 2 * count) {
      throw CodecErrors.unreadable(JpegCodec.NAME, "a scan of " + count + " components");
    }
    JpegComponent[] components = new JpegComponent[count];
    Set<Integer> ids = new HashSet<>();
    for (int c = 0; c < count; c++) {
      int id = data[at + 1 + 2 * c] & 0xFF;
      int tables = data[at + 2 + 2 * c] & 0xFF;
      if (!ids.add(id)) {
        throw CodecErrors.unreadable(JpegCodec.NAME, "a scan holds component " + id + " twice");
      }
      components[c] = find(frame, id);
      components[c].dc = segments.dcTable(tables >> 4);
      components[c].ac = segments.acTable(tables & 15);
    }
    int at3 = at + 1 + 2 * count;
    return new JpegScan(
        components,
        data[at3] & 0xFF,
        data[at3 + 1] & 0xFF,
        data[at3 + 2] >> 4 & 15,
        data[at3 + 2] & 15);
  }

  private static JpegComponent find(JpegFrame frame, int id) {
    for (JpegComponent component : frame.components) {
      if (component.id == id) {
        return component;
      }
    }
    throw CodecErrors.unreadable(JpegCodec.NAME, "a scan holds the unknown component " + id);
  }
}
