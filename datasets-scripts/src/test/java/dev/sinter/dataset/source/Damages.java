package dev.sinter.dataset.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/** Ways in which a file can be damaged, by accident and on purpose. */
final class Damages {
  private static final long[] CLAIMS = {
    0, 1, 0x7f, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffffL, 0x80000000L, 0xffffffffL
  };

  private Damages() {}

  /** One to four damages; what lies in a gzip is damaged within it half of the time. */
  static byte[] of(byte[] whole, Random random) {
    boolean zipped = whole[0] == 0x1f && (whole[1] & 0xff) == 0x8b;
    try {
      if (zipped && random.nextBoolean()) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(whole))) {
          return NiftiFormatTest.gzip(damaged(in.readAllBytes(), random));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return damaged(whole, random);
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] content = whole.clone();
    // A single change gets further into a reader than several do.
    int changes = random.nextBoolean() ? 1 : 1 + random.nextInt(4);
    for (int i = 0; i < changes && content.length > 0; i++) {
      content = once(content, random);
    }
    if (content.length > 1 && content[1] == 'P' && random.nextBoolean()) {
      PngChecksums.repair(content);
    }
    return content;
  }

  private static byte[] once(byte[] content, Random random) {
    // Headers are hit more often than the rest.
    int limit = random.nextBoolean() ? Math.min(64, content.length) : content.length;
    int at = random.nextInt(limit);
    switch (random.nextInt(8)) {
      case 0 -> content[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> content[at] = (byte) random.nextInt();
      case 2, 3 -> claim(content, at, random);
      case 4 -> {
        return Arrays.copyOf(content, random.nextInt(content.length));
      }
      case 5 -> swap(content, random);
      case 6 -> {
        return spliced(content, random);
      }
      default ->
          Arrays.fill(content, at, Math.min(content.length, at + 8), (byte) random.nextInt());
    }
    return content;
  }

  /** A length or a number of something that is not there. */
  private static void claim(byte[] content, int at, Random random) {
    long claim = CLAIMS[random.nextInt(CLAIMS.length)];
    ByteBuffer b =
        ByteBuffer.wrap(content)
            .order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    if (random.nextBoolean() && at + 4 <= content.length) {
      b.putInt(at, (int) claim);
    } else if (at + 2 <= content.length) {
      b.putShort(at, (short) claim);
    }
  }

  private static void swap(byte[] content, Random random) {
    int length = Math.min(1 + random.nextInt(32), content.length / 2);
    if (length == 0) {
      return;
    }
    int first = random.nextInt(content.length - length + 1);
    int second = random.nextInt(content.length - length + 1);
    byte[] kept = Arrays.copyOfRange(content, first, first + length);
    System.arraycopy(content, second, content, first, length);
    System.arraycopy(kept, 0, content, second, length);
  }

  /** A part is left out or comes twice. */
  private static byte[] spliced(byte[] content, Random random) {
    int start = random.nextInt(content.length);
    int end = start + random.nextInt(content.length - start + 1);
    int back = random.nextBoolean() ? end : start;
    int front = back == end ? start : end;
    byte[] result = new byte[front + content.length - back];
    System.arraycopy(content, 0, result, 0, front);
    System.arraycopy(content, back, result, front, content.length - back);
    return result;
  }
}
