package dev.sinter.dataset.source.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Streams that OpenJPEG 2.5 wrote of a picture that {@link #picture} makes: all progressions and
 * changes of them, tiles, offsets, layers, precincts and styles of code blocks.
 */
class Jpeg2000Test {
  private static final int COLUMNS = 61;
  private static final int ROWS = 43;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gray12-layers-rpcl.j2k",
        "gray8-lazy.j2k",
        "gray8-no-levels.j2k",
        "rgb8-cprl.j2k",
        "rgb8-offset-pcrl.j2k",
        "rgb8-order-changes.j2k",
        "rgb8-order-tiles.j2k",
        "rgb8-rlcp.jp2",
        "rgb8-tiles.j2k",
        "signed16.j2k",
        "signed16-all-styles.j2k",
        "signed16-causal.j2k",
        "signed16-lazy.j2k",
        "signed16-predictable.j2k",
        "signed16-reset.j2k",
        "signed16-symbols.j2k",
        "signed16-terminated.j2k"
      })
  void losslessStreamsAreExact(String name) throws IOException {
    DecodedFrame frame = FrameCodecs.jpeg2000().decode(stream(name));
    assertThat(frame.rows()).isEqualTo(ROWS);
    assertThat(frame.columns()).isEqualTo(COLUMNS);
    assertThat(frame.signed()).isEqualTo(name.startsWith("signed"));
    assertThat(frame.color())
        .isEqualTo(name.startsWith("rgb") ? StreamColor.RGB : StreamColor.GRAY);
    assertThat(Samples.of(frame)).isEqualTo(picture(frame));
  }

  /** Real arithmetic may round otherwise than OpenJPEG's, whose samples lie beside the streams. */
  @ParameterizedTest
  @ValueSource(strings = {"gray12-irreversible", "rgb8-irreversible"})
  void lossyStreamsAreAsOpenJpegDecodesThem(String name) throws IOException {
    DecodedFrame frame = FrameCodecs.jpeg2000().decode(stream(name + ".j2k"));
    byte[] planes = stream(name + ".rawl");
    int[] decoded = Samples.of(frame);
    int components = frame.samplesPerPixel();
    int bytes = frame.bytesPerSample();
    assertThat(planes).hasSize(decoded.length * bytes);
    for (int i = 0; i < decoded.length; i++) {
      int at = (i % components * ROWS * COLUMNS + i / components) * bytes;
      int expected = (planes[at] & 0xFF) | (bytes == 2 ? (planes[at + 1] & 0xFF) << 8 : 0);
      assertThat(decoded[i]).as("sample %d", i).isBetween(expected - 1, expected + 1);
    }
  }

  /** Each layer is one byte, which goes over all 256 blocks and has nothing for any of them. */
  @Test
  void layersOfEmptyBlocksEndInTime() {
    DecodedFrame frame = FrameCodecs.jpeg2000().decode(emptyPackets(64, 10, 0, 10));
    assertThat(frame.samples()).hasSize(64 * 64).containsOnly(128);
    assertThat(catchThrowable(() -> FrameCodecs.jpeg2000().decode(emptyPackets(64, 200, 0, 200))))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("more blocks than its samples can need");
  }

  @Test
  void thousandsOfProgressionsAreRefused() {
    assertThat(FrameCodecs.jpeg2000().decode(emptyPackets(64, 10, 32, 10)).rows()).isEqualTo(64);
    assertThat(catchThrowable(() -> FrameCodecs.jpeg2000().decode(emptyPackets(64, 1, 9000, 1))))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("changes of progression");
  }

  /**
   * One byte for each precinct, each precinct of one sample in each band: the most a byte costs.
   */
  @Test
  void precinctsOfOneSampleAllocateNoMoreThanDocumented() {
    byte[] stream = emptyPackets(256, 1, 0, 2 * 128 * 128, 0x00, 0x11);
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = memory.getCurrentThreadAllocatedBytes();
    DecodedFrame frame = FrameCodecs.jpeg2000().decode(stream);
    long allocated = memory.getCurrentThreadAllocatedBytes() - before;
    assertThat(frame.samples()).containsOnly(128);
    assertThat(allocated).isLessThan(16L * 256 * 256 + 1600L * stream.length + (2 << 20));
  }

  /**
   * Square pictures in blocks of 4 x 4, every packet there and without any block in it.
   *
   * @param precincts for each resolution the logarithms of their height and width, four bits each;
   *     none for one resolution that is one precinct
   */
  private static byte[] emptyPackets(
      int side, int layers, int progressions, int packets, int... precincts) {
    int levels = Math.max(0, precincts.length - 1);
    ByteBuffer out = ByteBuffer.allocate(300 + 7 * progressions + packets);
    out.putShort((short) 0xFF4F);
    out.putShort((short) 0xFF51).putShort((short) 41).putShort((short) 0);
    out.putInt(side).putInt(side).putInt(0).putInt(0);
    out.putInt(side).putInt(side).putInt(0).putInt(0);
    out.putShort((short) 1).put(new byte[] {7, 1, 1});
    out.putShort((short) 0xFF52).putShort((short) (12 + precincts.length));
    out.put((byte) (precincts.length > 0 ? 1 : 0)).put((byte) 0).putShort((short) layers);
    out.put(new byte[] {0, (byte) levels, 0, 0, 0, 1});
    for (int precinct : precincts) {
      out.put((byte) precinct);
    }
    out.putShort((short) 0xFF5C).putShort((short) (4 + 3 * levels)).put((byte) 0x40);
    for (int band = 0; band <= 3 * levels; band++) {
      out.put((byte) 0x40);
    }
    if (progressions > 0) {
      out.putShort((short) 0xFF5F).putShort((short) (2 + 7 * progressions));
      for (int p = 0; p < progressions; p++) {
        out.putShort((short) 0).putShort((short) layers).put(new byte[] {1, 1, 0});
      }
    }
    out.putShort((short) 0xFF90).putShort((short) 10).putShort((short) 0);
    out.putInt(0).put(new byte[] {0, 1});
    out.putShort((short) 0xFF93);
    for (int packet = 0; packet < packets; packet++) {
      out.put((byte) 0x80);
    }
    out.putShort((short) 0xFFD9);
    return Arrays.copyOf(out.array(), out.position());
  }

  static byte[] stream(String name) throws IOException {
    try (InputStream in = Jpeg2000Test.class.getResourceAsStream("/jpeg2000/" + name)) {
      return in.readAllBytes();
    }
  }

  private static int[] picture(DecodedFrame frame) {
    int components = frame.samplesPerPixel();
    int bits = frame.bitsPerSample();
    int[] samples = new int[ROWS * COLUMNS * components];
    for (int i = 0; i < samples.length; i++) {
      int c = i % components;
      int x = i / components % COLUMNS;
      int y = i / components / COLUMNS;
      int smooth = (x * 37 + y * 23 + c * 11) * (1 << bits) / 4096;
      int noise = (x * x * 7 + y * y * 3 + 13 * x * y + c * 29) % 97;
      samples[i] = (smooth + noise) % (1 << bits) - (frame.signed() ? 1 << (bits - 1) : 0);
    }
    return samples;
  }
}
