package dev.sinter.dataset.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** Members of a zip file in memory, by its central directory (APPNOTE 4.3). */
final class ZipDirectory {
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int MOST_MEMBERS = 10_000;

  /** Deflate cannot do better than 1032 : 1. */
  private static final int LARGEST_RATIO = 1100;

  private final String path;
  private final byte[] content;
  private final List<Member> members;

  private ZipDirectory(String path, byte[] content, List<Member> members) {
    this.path = path;
    this.content = content;
    this.members = members;
  }

  /**
   * One file of the archive.
   *
   * @param compressed bytes in the archive
   * @param bytes of the file itself
   */
  record Member(
      String name, int method, boolean encrypted, int crc, long compressed, long bytes, long at) {}

  static boolean looksLike(byte[] content) {
    return content.length > END_BYTES && buffer(content).getInt(0) == LOCAL;
  }

  private static ByteBuffer buffer(byte[] content) {
    return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
  }

  static ZipDirectory open(String path, byte[] content) {
    List<Member> members = members(content);
    if (members == null) {
      throw NpyHeader.damaged(path, "the archive's directory is cut or damaged");
    }
    return new ZipDirectory(path, content, members);
  }

  /** The members' names; without a whole directory, that of the first member, to know the kind. */
  static List<String> names(byte[] content) {
    List<Member> members = members(content);
    if (members != null) {
      return members.stream().map(Member::name).toList();
    }
    int length = content.length < 30 ? 0 : buffer(content).getShort(26) & 0xffff;
    return 30 + length > content.length
        ? List.of()
        : List.of(new String(content, 30, length, StandardCharsets.UTF_8));
  }

  List<Member> members() {
    return members;
  }

  /** Null when it cannot be read. */
  private static List<Member> members(byte[] content) {
    ByteBuffer b = buffer(content);
    int end = content.length - END_BYTES;
    while (end >= 0 && end >= content.length - END_BYTES - 0xffff && b.getInt(end) != END) {
      end--;
    }
    if (end < 0 || b.getInt(end) != END) {
      return null;
    }
    int count = b.getShort(end + 10) & 0xffff;
    long at = b.getInt(end + 16) & 0xffffffffL;
    if (count > MOST_MEMBERS) {
      return null;
    }
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (at + 46 > end || b.getInt((int) at) != CENTRAL) {
        return null;
      }
      int start = (int) at;
      int nameLength = b.getShort(start + 28) & 0xffff;
      int extraLength = b.getShort(start + 30) & 0xffff;
      long next = at + 46 + nameLength + extraLength + (b.getShort(start + 32) & 0xffff);
      if (next > end) {
        return null;
      }
      members.add(
          new Member(
              new String(content, start + 46, nameLength, StandardCharsets.UTF_8),
              b.getShort(start + 10) & 0xffff,
              (b.getShort(start + 8) & 1) != 0,
              b.getInt(start + 16),
              b.getInt(start + 20) & 0xffffffffL,
              b.getInt(start + 24) & 0xffffffffL,
              b.getInt(start + 42) & 0xffffffffL));
      at = next;
    }
    return members;
  }

  /** No member can hold more than this, whatever it claims. */
  long mostBytes(Member member) {
    long most = member.method() == 0 ? member.compressed() : member.compressed() * LARGEST_RATIO;
    return Math.min(most, Integer.MAX_VALUE - 16);
  }

  /**
   * The first bytes of a member; its checksum is compared when they are all.
   *
   * @throws dev.sinter.error.SinterException {@code NPY_INVALID}
   */
  byte[] read(Member member, int most) {
    ByteBuffer b = buffer(content);
    long start = member.at() + 30;
    if (start <= content.length && b.getInt((int) member.at()) == LOCAL) {
      int local = (int) member.at();
      start += (b.getShort(local + 26) & 0xffff) + (b.getShort(local + 28) & 0xffff);
    } else {
      start = Long.MAX_VALUE / 2;
    }
    if (start + member.compressed() > content.length) {
      throw NpyHeader.damaged(path, member.name() + " does not lie in the file");
    }
    if (member.encrypted() || (member.method() != 0 && member.method() != 8)) {
      throw NpyHeader.damaged(
          path,
          member.name()
              + (member.encrypted()
                  ? " is encrypted"
                  : " is compressed by method " + member.method()));
    }
    byte[] bytes;
    if (member.method() == 0) {
      int length = (int) Math.min(most, member.compressed());
      bytes = Arrays.copyOfRange(content, (int) start, (int) start + length);
    } else {
      bytes = inflate(member, (int) start, most);
    }
    if (bytes.length == member.bytes()) {
      CRC32 crc = new CRC32();
      crc.update(bytes);
      if ((int) crc.getValue() != member.crc()) {
        throw NpyHeader.damaged(path, "wrong checksum of " + member.name());
      }
    }
    return bytes;
  }

  private byte[] inflate(Member member, int start, int most) {
    Inflater inflater = new Inflater(true);
    try (InputStream in =
        new InflaterInputStream(
            new ByteArrayInputStream(content, start, (int) member.compressed()), inflater)) {
      return in.readNBytes(most);
    } catch (IOException e) {
      throw NpyHeader.damaged(path, member.name() + " cannot be inflated: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }
}
