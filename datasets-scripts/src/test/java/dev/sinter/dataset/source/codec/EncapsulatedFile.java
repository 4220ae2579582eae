package dev.sinter.dataset.source.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The compressed frames of a DICOM file, found with as little of PS3.5 as the tests of the codecs
 * need: explicit VR, little endian, encapsulated pixel data.
 */
final class EncapsulatedFile {
  private static final Set<String> LONG =
      Set.of("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV");

  private final Map<Integer, byte[]> values = new TreeMap<>();
  private final List<byte[]> fragments = new ArrayList<>();
  private final ByteBuffer in;

  EncapsulatedFile(Path file) {
    try {
      in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    in.position(in.limit() > 132 && in.get(128) == (byte) 0x44 ? 132 : 0);
    while (fragments.isEmpty() && in.remaining() >= 8) {
      element(values);
    }
  }

  private void element(Map<Integer, byte[]> into) {
    int tag = (in.getShort() & 0xFFFF) << 16 | (in.getShort() & 0xFFFF);
    byte[] vr = new byte[2];
    in.get(vr);
    int length;
    if (LONG.contains(new String(vr, StandardCharsets.US_ASCII))) {
      in.getShort();
      length = in.getInt();
    } else {
      length = in.getShort() & 0xFFFF;
    }
    if (tag == 0x7FE00010) {
      fragments();
    } else if (length == -1) {
      sequence(vr[0] == 'U');
    } else {
      byte[] value = new byte[length];
      in.get(value);
      into.put(tag, value);
    }
  }

  private void sequence(boolean implicit) {
    while (true) {
      int tag = (in.getShort() & 0xFFFF) << 16 | (in.getShort() & 0xFFFF);
      int length = in.getInt();
      if (tag == 0xFFFEE0DD) {
        return;
      }
      if (length != -1) {
        in.position(in.position() + length);
        continue;
      }
      while (in.getInt(in.position()) != 0xE00DFFFE) {
        if (implicit) {
          in.getInt();
          int bytes = in.getInt();
          in.position(in.position() + bytes);
        } else {
          element(new TreeMap<>());
        }
      }
      in.getLong();
    }
  }

  private void fragments() {
    while (in.remaining() >= 8) {
      int tag = in.getInt();
      int length = in.getInt();
      if (tag != 0xE000FFFE) {
        return;
      }
      byte[] fragment = new byte[Math.min(length, in.remaining())];
      in.get(fragment);
      fragments.add(fragment);
    }
  }

  int number(int tag, int otherwise) {
    byte[] value = values.get(tag);
    return value == null ? otherwise : (value[0] & 0xFF) | (value[1] & 0xFF) << 8;
  }

  String text(int tag) {
    byte[] value = values.getOrDefault(tag, new byte[0]);
    return new String(value, StandardCharsets.US_ASCII).replace('\0', ' ').trim();
  }

  String transferSyntax() {
    return text(0x00020010);
  }

  int rows() {
    return number(0x00280010, 0);
  }

  int columns() {
    return number(0x00280011, 0);
  }

  int samplesPerPixel() {
    return number(0x00280002, 1);
  }

  int bitsAllocated() {
    return number(0x00280100, 8);
  }

  int bitsStored() {
    return number(0x00280101, 8);
  }

  boolean signed() {
    return number(0x00280103, 0) == 1;
  }

  /** One array for each frame. */
  List<byte[]> frames() {
    String count = text(0x00280008);
    int frames = count.isEmpty() ? 1 : Integer.parseInt(count);
    List<byte[]> parts = fragments.subList(1, fragments.size());
    if (frames == parts.size()) {
      return parts;
    }
    List<byte[]> joined = new ArrayList<>();
    ByteBuffer offsets = ByteBuffer.wrap(fragments.get(0)).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    int next = 0;
    for (int frame = 1; frame <= frames; frame++) {
      long end = frame < frames ? offsets.getInt(4 * frame) : Long.MAX_VALUE;
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      while (next < parts.size() && at < end) {
        bytes.writeBytes(parts.get(next));
        at += parts.get(next++).length + 8;
      }
      joined.add(bytes.toByteArray());
    }
    return joined;
  }

  FrameCodec codec() {
    return switch (transferSyntax()) {
      case "1.2.840.10008.1.2.5" ->
          FrameCodecs.rle(rows(), columns(), samplesPerPixel(), bitsAllocated());
      case "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81" -> FrameCodecs.jpegLs();
      case "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91" -> FrameCodecs.jpeg2000();
      default -> FrameCodecs.jpeg();
    };
  }
}
