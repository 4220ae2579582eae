package dev.sinter.model.pretrained.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import io.jhdf.checksum.JenkinsLookup3HashLittle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that say more than they hold, or point elsewhere. */
class KerasFileTest {
  private static final int SOFT = 1;
  private static final int EXTERNAL = 64;

  @TempDir private Path folder;

  @Test
  void refusesMoreValuesThanTheFileHolds() throws IOException {
    Path file = oneDense(12345);
    byte[] content = Files.readAllBytes(file);
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at + 8 <= bytes.capacity(); at++) {
      if (bytes.getLong(at) == 12345) {
        bytes.putLong(at, 1L << 29);
        sign(content, bytes, at);
      }
    }
    Files.write(file, content);
    unreadable(file, "more than the file holds");
  }

  /** Writes the checksum of the object header around a place. */
  private static void sign(byte[] content, ByteBuffer bytes, int inside) {
    int start = inside;
    while (bytes.getInt(start) != 0x5244484F) { // OHDR
      start--;
    }
    int flags = bytes.get(start + 5);
    int sizeBytes = 1 << (flags & 3);
    int at = start + 6 + ((flags & 32) != 0 ? 16 : 0) + ((flags & 16) != 0 ? 4 : 0);
    long size = 0;
    for (int i = sizeBytes - 1; i >= 0; i--) {
      size = (size << 8) | (bytes.get(at + i) & 0xFF);
    }
    int end = at + sizeBytes + (int) size;
    bytes.putInt(end, JenkinsLookup3HashLittle.hash(Arrays.copyOfRange(content, start, end)));
  }

  private Path oneDense(int values) {
    Path file = folder.resolve("dense.h5");
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      WritableGroup dense = hdf.putGroup("dense");
      dense.putAttribute("weight_names", new String[] {"kernel:0"});
      dense.putDataset("kernel:0", new float[values]);
      hdf.putAttribute("layer_names", new String[] {"dense"});
    }
    assertThat(KerasFile.read(file).weights().tensors()).hasSize(1);
    return file;
  }

  private static void unreadable(Path file, String why) {
    assertThatThrownBy(() -> KerasFile.read(file))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("WEIGHTS_UNREADABLE"))
        .hasMessageContaining(why);
  }

  /** A soft link within the file, and one into another file. */
  @ParameterizedTest
  @CsvSource({"1", "64"})
  void refusesLinks(int type) throws IOException {
    Path file = oneDense(4);
    byte[] content = Files.readAllBytes(file);
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    int start = linkMessage(content, "dense");
    int end = endOfLink(content, start);
    int sizeBytes = 1 << (content[start + 1] & 3);
    // The same room: without what is optional, but with a type and a path instead of an address.
    bytes.put(start + 1, (byte) (8 | (content[start + 1] & 3)));
    bytes.put(start + 2, (byte) type);
    int at = start + 3;
    bytes.put(at, new byte[sizeBytes]).put(at, (byte) "dense".length());
    at += sizeBytes;
    bytes.put(at, "dense".getBytes(StandardCharsets.US_ASCII));
    at += "dense".length();
    bytes.putShort(at, (short) (end - at - 2));
    byte[] target = new byte[end - at - 2];
    Arrays.fill(target, (byte) 'a');
    if (type == EXTERNAL) { // flags, name of a file, path in it
      target[0] = 0;
      target[target.length - 3] = 0;
      target[target.length - 1] = 0;
    } else {
      assertThat(type).isEqualTo(SOFT);
    }
    bytes.put(at + 2, target);
    sign(content, bytes, start);
    Files.write(file, content);
    unreadable(file, "dense is a link, maybe to another file");
  }

  /** Where the message begins that links a name to an object. */
  private static int linkMessage(byte[] content, String name) {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    for (int start = 0; start + 2 < content.length; start++) {
      int place = start + 2 + optional(content[start + 1]);
      int sizeBytes = 1 << (content[start + 1] & 3);
      int from = place + sizeBytes;
      if (content[start] == 1
          && from + text.length < content.length
          && content[place] == text.length
          && Arrays.equals(content, from, from + text.length, text, 0, text.length)) {
        return start;
      }
    }
    throw new AssertionError("no link " + name);
  }

  /** Type of the link, order of creation, character set. */
  private static int optional(int flags) {
    return ((flags >> 3) & 1) + ((flags >> 2) & 1) * 8 + ((flags >> 4) & 1);
  }

  private static int endOfLink(byte[] content, int start) {
    int sizeBytes = 1 << (content[start + 1] & 3);
    int place = start + 2 + optional(content[start + 1]);
    return place + sizeBytes + content[place] + Long.BYTES;
  }
}
