package dev.sinter.dataset.source.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What the encoders of this folder write, the codecs read back. */
class PredictiveCodecsTest {
  @Property(tries = 200)
  void runLengths(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 300) int columns,
      @ForAll @IntRange(min = 1, max = 3) int components,
      @ForAll @IntRange(min = 0, max = 2) int size) {
    int bytes = 1 << size;
    byte[] samples =
        Samples.bytes(
            Samples.mixed(seed, rows, columns, components, 8 * Math.min(bytes, 2)), bytes);
    DecodedFrame frame =
        FrameCodecs.rle(rows, columns, components, 8 * bytes)
            .decode(RleEncoder.encode(samples, components, bytes));
    assertThat(frame.samples()).isEqualTo(samples);
    assertThat(frame.bytesPerSample()).isEqualTo(bytes);
  }

  @Property(tries = 400)
  void losslessJpeg(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 50) int columns,
      @ForAll @IntRange(min = 1, max = 4) int components,
      @ForAll @IntRange(min = 2, max = 16) int precision,
      @ForAll @IntRange(min = 1, max = 7) int predictor,
      @ForAll @IntRange(min = 0, max = 3) int pointTransform,
      @ForAll @IntRange(min = 0, max = 4) int restartRows) {
    int shift = Math.min(pointTransform, precision - 1);
    int[] samples = Samples.mixed(seed, rows, columns, components, precision);
    byte[] stream =
        new LosslessJpegEncoder(rows, columns, components, precision, predictor, shift, restartRows)
            .encode(samples);
    DecodedFrame frame = FrameCodecs.jpeg().decode(stream);
    assertThat(frame.bitsPerSample()).isEqualTo(precision);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = samples[i] >> shift << shift;
    }
    assertThat(Samples.of(frame)).isEqualTo(samples);
  }

  @Property(tries = 400)
  void jpegLs(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 90) int columns,
      @ForAll @IntRange(min = 1, max = 4) int components,
      @ForAll @IntRange(min = 2, max = 16) int precision,
      @ForAll @IntRange(min = 0, max = 5) int near,
      @ForAll @IntRange(min = 0, max = 2) int interleave,
      @ForAll @IntRange(min = 0, max = 4) int restartRows) {
    int mode = components == 1 ? 0 : interleave;
    int error = Math.min(near, (1 << precision) / 2 - 1);
    int[] samples = Samples.mixed(seed, rows, columns, components, precision);
    byte[] stream =
        new JpegLsEncoder(rows, columns, components, precision, error, mode, restartRows, List.of())
            .encode(samples);
    DecodedFrame frame = FrameCodecs.jpegLs().decode(stream);
    assertThat(frame.bitsPerSample()).isEqualTo(precision);
    assertWithin(error, Samples.of(frame), samples);
  }

  @Property(tries = 100)
  void jpegLsWithItsOwnThresholds(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 30) int t1,
      @ForAll @IntRange(min = 0, max = 30) int more,
      @ForAll @IntRange(min = 3, max = 255) int reset) {
    int[] samples = Samples.mixed(seed, 31, 47, 1, 10);
    byte[] stream =
        new JpegLsEncoder(31, 47, 1, 10, 0, 0, 0, List.of(t1, t1 + more, t1 + 2 * more, reset))
            .encode(samples);
    assertThat(Samples.of(FrameCodecs.jpegLs().decode(stream))).isEqualTo(samples);
  }

  private static void assertWithin(int error, int[] decoded, int[] samples) {
    assertThat(decoded).hasSameSizeAs(samples);
    int worst = 0;
    for (int i = 0; i < samples.length; i++) {
      worst = Math.max(worst, Math.abs(decoded[i] - samples[i]));
    }
    assertThat(worst).isLessThanOrEqualTo(error);
  }
}
