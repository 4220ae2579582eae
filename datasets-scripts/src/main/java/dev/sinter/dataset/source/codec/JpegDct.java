package dev.sinter.dataset.source.codec;

import java.util.Arrays;

/** Frames of DCT blocks: walks the blocks of each scan and keeps the planes that they make. */
final class JpegDct implements JpegPicture {
  private final JpegFrame frame;
  private final JpegBlocks blocks = new JpegBlocks();
  private final InverseDct dct;
  private final int[] block = new int[64];

  JpegDct(JpegFrame frame) {
    this.frame = frame;
    dct = new InverseDct(frame.precision);
    if (frame.paddedSamples() > Integer.MAX_VALUE / 2) {
      throw CodecErrors.unreadable(JpegCodec.NAME, "its blocks are larger than its picture");
    }
  }

  @Override
  public void scan(JpegScan scan, JpegSegments segments, JpegBits bits) {
    for (JpegComponent component : scan.components()) {
      prepare(component, scan, segments);
    }
    Pass pass = pass(scan);
    blocks.start(bits, scan);
    JpegComponent[] components = scan.components();
    boolean alone = components.length == 1;
    int unitColumns = alone ? components[0].ownBlockColumns() : frame.unitColumns;
    int unitRows = alone ? components[0].ownBlockRows() : frame.unitRows;
    int interval = segments.restartInterval();
    int untilRestart = interval;
    int restarts = 0;
    for (int y = 0; y < unitRows; y++) {
      for (int x = 0; x < unitColumns; x++) {
        if (interval > 0 && untilRestart-- == 0) {
          bits.restart(restarts++);
          blocks.start(bits, scan);
          untilRestart = interval - 1;
        }
        if (alone) {
          block(pass, components[0], x, y);
        } else {
          unit(pass, components, x, y);
        }
      }
    }
    for (JpegComponent component : components) {
      component.scanned = true;
    }
  }

  private void unit(Pass pass, JpegComponent[] components, int x, int y) {
    for (JpegComponent component : components) {
      for (int v = 0; v < component.vertical; v++) {
        for (int h = 0; h < component.horizontal; h++) {
          block(pass, component, x * component.horizontal + h, y * component.vertical + v);
        }
      }
    }
  }

  private enum Pass {
    SEQUENTIAL,
    DC_FIRST,
    DC_REFINED,
    AC_FIRST,
    AC_REFINED
  }

  private Pass pass(JpegScan scan) {
    if (frame.coding == JpegFrame.Coding.SEQUENTIAL) {
      return Pass.SEQUENTIAL;
    }
    if (scan.start() == 0) {
      return scan.high() == 0 ? Pass.DC_FIRST : Pass.DC_REFINED;
    }
    return scan.high() == 0 ? Pass.AC_FIRST : Pass.AC_REFINED;
  }

  private void block(Pass pass, JpegComponent component, int x, int y) {
    int at = 64 * (y * component.blockColumns + x);
    switch (pass) {
      case SEQUENTIAL -> {
        int last = blocks.sequential(component, block);
        place(component, x, y, last);
      }
      case DC_FIRST -> blocks.dcFirst(component, at);
      case DC_REFINED -> blocks.dcRefined(component, at);
      case AC_FIRST -> blocks.acFirst(component, at);
      default -> blocks.acRefined(component, at);
    }
  }

  /** Turns the coefficients of {@link #block} into samples; {@code last} is 0 for a flat block. */
  private void place(JpegComponent component, int x, int y, int last) {
    int stride = 8 * component.blockColumns;
    int at = 8 * y * stride + 8 * x;
    if (last == 0) {
      dct.flat(block[0], component.plane, at, stride);
    } else {
      dct.transform(block, component.plane, at, stride);
    }
  }

  private void prepare(JpegComponent component, JpegScan scan, JpegSegments segments) {
    if (component.steps == null) {
      component.steps = segments.steps(component.quantization);
    }
    int samples = 64 * component.blockColumns * component.blockRows;
    if (frame.coding == JpegFrame.Coding.SEQUENTIAL) {
      if (component.scanned || component.dc == null || component.ac == null) {
        throw CodecErrors.unreadable(
            JpegCodec.NAME, "component " + component.id + " lacks a table, or has two scans");
      }
      component.plane = new short[samples];
      return;
    }
    if (component.coefficients == null) {
      component.coefficients = new short[samples];
      component.lowestBit = new int[64];
      Arrays.fill(component.lowestBit, -1);
    }
    requireProgress(component, scan);
  }

  /** Each bit of a coefficient comes once, from the top down, G.1.1.1: else scans would not end. */
  private static void requireProgress(JpegComponent component, JpegScan scan) {
    boolean dc = scan.start() == 0;
    boolean legal = dc ? scan.end() == 0 : scan.end() <= 63 && scan.end() >= scan.start();
    legal &= dc || (scan.components().length == 1 && component.lowestBit[0] >= 0);
    legal &= scan.low() <= 13 && (scan.high() == 0 || scan.high() == scan.low() + 1);
    legal &= (dc ? scan.high() > 0 || component.dc != null : component.ac != null);
    for (int k = scan.start(); legal && k <= scan.end(); k++) {
      legal = component.lowestBit[k] == (scan.high() == 0 ? -1 : scan.high());
      component.lowestBit[k] = scan.low();
    }
    if (!legal) {
      throw CodecErrors.unreadable(
          JpegCodec.NAME,
          String.format(
              "a scan of coefficients %d to %d, bits %d to %d, does not fit those before it",
              scan.start(), scan.end(), scan.high(), scan.low()));
    }
  }

  @Override
  public byte[] samples() {
    if (frame.coding == JpegFrame.Coding.PROGRESSIVE) {
      for (JpegComponent component : frame.components) {
        transform(component);
      }
    }
    return JpegUpsampling.samples(frame);
  }

  private void transform(JpegComponent component) {
    component.plane = new short[component.coefficients.length];
    for (int y = 0; y < component.blockRows; y++) {
      for (int x = 0; x < component.blockColumns; x++) {
        int at = 64 * (y * component.blockColumns + x);
        int last = JpegBlocks.dequantize(component, at, block);
        place(component, x, y, last);
      }
    }
    component.coefficients = null;
  }
}
