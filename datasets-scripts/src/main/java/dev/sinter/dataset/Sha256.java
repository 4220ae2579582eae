package dev.sinter.dataset;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A SHA-256 in 48 bytes of heap: a driver holds three for each of millions of files, and as hex
 * texts they would be the larger part of what it holds.
 */
record Sha256(long first, long second, long third, long fourth) implements Serializable {
  /** Stands for no content. */
  static final Sha256 NONE = new Sha256(0, 0, 0, 0);

  static Sha256 of(byte[]... parts) {
    MessageDigest digest = SourceNames.sha256();
    for (byte[] part : parts) {
      digest.update(part);
    }
    ByteBuffer bytes = ByteBuffer.wrap(digest.digest());
    return new Sha256(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
  }

  /** From {@link #hex()}; empty gives {@link #NONE}. */
  static Sha256 parse(String hex) {
    if (hex.isEmpty()) {
      return NONE;
    }
    ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    return new Sha256(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
  }

  /** 64 digits; empty for {@link #NONE}. */
  String hex() {
    if (equals(NONE)) {
      return "";
    }
    ByteBuffer bytes = ByteBuffer.allocate(32);
    bytes.putLong(first).putLong(second).putLong(third).putLong(fourth);
    return HexFormat.of().formatHex(bytes.array());
  }
}
