package dev.sinter.dataset;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** Names in a dataset that do not tell who the patient is: salted hashes. */
final class SourceNames implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String salt;

  SourceNames(String salt) {
    this.salt = salt;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static String hex(byte[]... parts) {
    MessageDigest digest = sha256();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static String hex(String text) {
    return hex(text.getBytes(StandardCharsets.UTF_8));
  }

  String patient(String key) {
    return salted("patient", key).substring(0, 32);
  }

  String sourceId(String relative) {
    return salted("source", relative).substring(0, 32);
  }

  /** The relative path with the file's stem, and the patient wherever it occurs, hashed. */
  String hidden(String relative, String patient) {
    int slash = relative.lastIndexOf('/');
    String file = relative.substring(slash + 1);
    String extension = file.substring(stem(file).length());
    String folders = relative.substring(0, slash + 1);
    if (!patient.isEmpty() && !patient.contains("/")) {
      folders = folders.replace(patient, salted("patient", patient).substring(0, 16));
    }
    return folders + salted("source", relative).substring(0, 16) + extension;
  }

  private String salted(String kind, String text) {
    return hex(salt + "\0" + kind + "\0" + text);
  }

  /** File name without its extension; {@code .nii.gz} is one extension. */
  static String stem(String file) {
    String lower = file.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".nii.gz")) {
      return file.substring(0, file.length() - 7);
    }
    int dot = file.lastIndexOf('.');
    return dot > 0 ? file.substring(0, dot) : file;
  }
}
