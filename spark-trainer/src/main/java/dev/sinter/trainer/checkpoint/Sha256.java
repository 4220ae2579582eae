package dev.sinter.trainer.checkpoint;

import dev.sinter.trainer.engine.FlatVector;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Fingerprints of flat vectors. */
public final class Sha256 {
  private static final int BLOCK_FLOATS = 1 << 20;

  private Sha256() {}

  /**
   * The hash of a float32 vector's bytes, little-endian (the order of every CPU that libtorch and
   * ND4J run on here).
   */
  public static String of(FlatVector vector) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (long offset = 0; offset < vector.length(); offset += BLOCK_FLOATS) {
        digest.update(vector.bytes(offset, (int) Math.min(BLOCK_FLOATS, vector.length() - offset)));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The hash of a text's bytes in UTF-8. */
  public static String of(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
