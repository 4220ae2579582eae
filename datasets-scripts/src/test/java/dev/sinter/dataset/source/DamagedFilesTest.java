package dev.sinter.dataset.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.error.SinterException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Whatever the bytes: a decoded source or a coded failure, within a bound of memory. */
class DamagedFilesTest {
  private static final long MOST_BYTES = 400L << 20;
  private static final Map<String, byte[]> WHOLE = whole();

  private static Map<String, byte[]> whole() {
    try {
      Map<String, byte[]> files = new LinkedHashMap<>();
      BufferedImage image = SourceFormatsTest.image(BufferedImage.TYPE_3BYTE_BGR, 24, 20, 1);
      for (String format : new String[] {"png", "jpeg", "bmp", "tiff"}) {
        files.put(format, SourceFormatsTest.encode(image, format));
      }
      for (int version = 1; version <= 2; version++) {
        byte[] volume = NiftiFormatTest.file(version, ByteOrder.BIG_ENDIAN, NiftiType.INT16, 1, 0);
        files.put("nifti-" + version, volume);
        files.put("nifti-gz-" + version, NiftiFormatTest.gzip(volume));
      }
      return files;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Provide
  Arbitrary<String> formats() {
    return Arbitraries.of(WHOLE.keySet());
  }

  @Property(tries = 10_000, shrinking = ShrinkingMode.OFF, seed = "21")
  void neverFailWithoutACode(@ForAll("formats") String format, @ForAll long seed) {
    byte[] content = damage(WHOLE.get(format), new Random(seed));
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      SourceFormats.read(format, content);
    } catch (SinterException e) {
      assertThat(e.code()).matches("[A-Z_]+");
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_BYTES);
  }

  /** Headers are hit more often than the rest; a PNG keeps right checksums half of the time. */
  private static byte[] damage(byte[] whole, Random random) {
    byte[] content = whole.clone();
    int changes = random.nextInt(5);
    for (int i = 0; i < changes; i++) {
      int limit = random.nextBoolean() ? Math.min(64, content.length) : content.length;
      byte[] extremes = {0, 1, 0x7f, (byte) 0x80, (byte) 0xff, (byte) random.nextInt()};
      content[random.nextInt(limit)] = extremes[random.nextInt(extremes.length)];
    }
    if (content[1] == 'P' && random.nextBoolean()) {
      PngChecksums.repair(content);
    }
    return changes == 0 || random.nextInt(4) == 0
        ? Arrays.copyOf(content, random.nextInt(content.length))
        : content;
  }
}
