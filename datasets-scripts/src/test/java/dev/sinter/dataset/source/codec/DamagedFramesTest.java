package dev.sinter.dataset.source.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import dev.sinter.error.SinterException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged and lying streams: a picture within the limits, or a coded error; nothing else. */
class DamagedFramesTest {
  private static final Limits LIMITS = new Limits(1 << 20);

  /** A whole stream and its codec. */
  private record Case(String name, FrameCodec codec, byte[] stream) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() throws IOException {
    int[] gray = Samples.mixed(1, 40, 50, 1, 12);
    int[] color = Samples.mixed(2, 24, 30, 3, 8);
    BufferedImage image = new BufferedImage(30, 24, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 720; i++) {
      image.setRGB(i % 30, i / 30, color[3 * i] << 16 | color[3 * i + 1] << 8 | color[3 * i + 2]);
    }
    ByteArrayOutputStream baseline = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", baseline);
    return Stream.of(
        new Case(
            "RLE", FrameCodecs.rle(40, 50, 1, 16), RleEncoder.encode(Samples.bytes(gray, 2), 1, 2)),
        new Case("baseline", FrameCodecs.jpeg(), baseline.toByteArray()),
        new Case(
            "lossless",
            FrameCodecs.jpeg(),
            new LosslessJpegEncoder(40, 50, 1, 12, 1, 0, 5).encode(gray)),
        new Case(
            "JPEG-LS",
            FrameCodecs.jpegLs(),
            new JpegLsEncoder(40, 50, 1, 12, 0, 0, 7, List.of()).encode(gray)),
        new Case(
            "JPEG-LS in color",
            FrameCodecs.jpegLs(),
            new JpegLsEncoder(24, 30, 3, 8, 2, 2, 0, List.of()).encode(color)),
        new Case(
            "JPEG 2000", FrameCodecs.jpeg2000(), Jpeg2000Test.stream("gray12-layers-rpcl.j2k")),
        new Case(
            "JPEG 2000 in color", FrameCodecs.jpeg2000(), Jpeg2000Test.stream("rgb8-rlcp.jp2")));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void someMutations(Case whole) {
    mutate(whole, 500);
  }

  @Tag("full")
  @ParameterizedTest
  @MethodSource("cases")
  void manyMutations(Case whole) {
    mutate(whole, 10_000);
  }

  private static void mutate(Case whole, int times) {
    int refused = 0;
    for (int seed = 0; seed < times; seed++) {
      Random random = new Random(seed);
      byte[] stream = whole.stream().clone();
      int header = Math.min(stream.length, 180);
      for (int change = random.nextInt(4); change >= 0; change--) {
        int at = random.nextInt(random.nextBoolean() ? header : stream.length);
        stream[at] = (byte) (random.nextBoolean() ? random.nextInt() : stream[at] ^ 1 << seed % 8);
      }
      int length = seed % 5 == 0 ? random.nextInt(stream.length + 1) : stream.length;
      try {
        DecodedFrame frame = whole.codec().decode(stream, 0, length, LIMITS);
        long samples = (long) frame.rows() * frame.columns() * frame.samplesPerPixel();
        assertThat(samples).isLessThanOrEqualTo(LIMITS.maxSamples());
        assertThat(frame.samples()).hasSize((int) samples * frame.bytesPerSample());
      } catch (SinterException e) {
        assertThat(e.code()).isIn("IMAGE_UNREADABLE", "IMAGE_TOO_LARGE");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(times / 10);
  }

  /** A stream may lack its end marker; without more it is refused, never completed with gray. */
  @ParameterizedTest
  @MethodSource("cases")
  void truncatedStreamsAreRefused(Case whole) {
    byte[] stream = whole.stream();
    for (int length = 0; length < stream.length - 4; length += 1 + length / 60) {
      int cut = length;
      assertThat(catchThrowable(() -> whole.codec().decode(stream, 0, cut, LIMITS)))
          .as("%d of %d bytes", cut, stream.length)
          .isInstanceOf(SinterException.class)
          .extracting("code")
          .isIn("IMAGE_UNREADABLE", "IMAGE_TOO_LARGE");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void framesLieAnywhereInTheirArray(Case whole) {
    byte[] stream = whole.stream();
    byte[] inside = new byte[stream.length + 30];
    Arrays.fill(inside, (byte) 0xFF);
    System.arraycopy(stream, 0, inside, 17, stream.length);
    assertThat(whole.codec().decode(inside, 17, stream.length, LIMITS).samples())
        .isEqualTo(whole.codec().decode(stream).samples());
  }

  /** Headers of some 200 bytes that claim what would fill the memory. */
  @Test
  void hugeClaimsAllocateLittle() throws IOException {
    for (Case whole : cases().toList()) {
      byte[] stream = Arrays.copyOf(whole.stream(), 200);
      claim(stream, 16000, 16000);
      FrameCodec codec =
          whole.name().equals("RLE") ? FrameCodecs.rle(16000, 16000, 1, 16) : whole.codec();
      ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = memory.getCurrentThreadAllocatedBytes();
      Throwable refusal = catchThrowable(() -> codec.decode(stream));
      long allocated = memory.getCurrentThreadAllocatedBytes() - before;
      assertThat(refusal).as(whole.name()).isInstanceOf(SinterException.class);
      assertThat(allocated).as(whole.name()).isLessThan(8 << 20);
    }
  }

  @Test
  void claimsAboveTheLimitAreTooLarge() throws IOException {
    for (Case whole : cases().filter(c -> !c.name().equals("RLE")).toList()) {
      byte[] stream = whole.stream().clone();
      claim(stream, 65535, 65535);
      assertThat(catchThrowable(() -> whole.codec().decode(stream)))
          .as(whole.name())
          .isInstanceOf(SinterException.class)
          .extracting("code")
          .isEqualTo("IMAGE_TOO_LARGE");
    }
  }

  /** Writes rows and columns into the frame header. */
  private static void claim(byte[] stream, int rows, int columns) {
    for (int at = 0; at + 20 < stream.length; at++) {
      int marker = (stream[at] & 0xFF) << 8 | (stream[at + 1] & 0xFF);
      if (marker == 0xFFC0 || marker == 0xFFC3 || marker == 0xFFF7) {
        stream[at + 5] = (byte) (rows >> 8);
        stream[at + 6] = (byte) rows;
        stream[at + 7] = (byte) (columns >> 8);
        stream[at + 8] = (byte) columns;
        return;
      }
      if (marker == 0xFF51) {
        for (int tile : new int[] {0, 16}) {
          stream[at + 8 + tile] = (byte) (columns >> 8);
          stream[at + 9 + tile] = (byte) columns;
          stream[at + 12 + tile] = (byte) (rows >> 8);
          stream[at + 13 + tile] = (byte) rows;
        }
        return;
      }
    }
  }
}
