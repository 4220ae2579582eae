package dev.sinter.dataset;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Names in a dataset that do not tell who the patient is: salted hashes. */
final class SourceNames implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int SHORT = 16;

  /** An unknown extension may be a part of a name. */
  private static final Set<String> EXTENSIONS =
      Set.of(
          ".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".nii", ".nii.gz", ".hdr", ".img",
          ".dcm", ".npy", ".npz");

  private final String salt;
  private final HashSet<String> openFolders;

  /**
   * Names under a salt.
   *
   * @param openFolders folders whose names may be seen: the classes
   */
  SourceNames(String salt, Collection<String> openFolders) {
    this.salt = salt;
    this.openFolders = new HashSet<>(openFolders);
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

  /** The hashed patient as a key: what a dataset keeps of a patient is enough to know it again. */
  Sha256 patientKey(String key) {
    return keyOf(patient(key));
  }

  /** The key of a patient's hash. */
  static Sha256 keyOf(String patientHash) {
    return Sha256.of(patientHash.getBytes(StandardCharsets.UTF_8));
  }

  String pattern(String pattern) {
    return salted("pattern", pattern).substring(0, 32);
  }

  String sourceId(String relative) {
    return salted("source", relative).substring(0, 32);
  }

  /**
   * The relative path without anything that may tell who the patient is.
   *
   * <p>Every folder is hashed but those that are known to say something else: classes, splits, and
   * the folders that tell images from masks. Of the file only a known extension stays.
   */
  String hidden(String relative, String patient) {
    List<String> parts = Layout.parts(relative);
    StringBuilder hidden = new StringBuilder();
    for (String folder : parts.subList(0, parts.size() - 1)) {
      hidden.append(hiddenFolder(folder, patient)).append('/');
    }
    return hidden
        .append(salted("source", relative), 0, SHORT)
        .append(extension(parts.get(parts.size() - 1)))
        .toString();
  }

  private String hiddenFolder(String folder, String patient) {
    if (openFolders.contains(folder) || FolderNames.isStructure(folder)) {
      return folder;
    }
    return salted(folder.equals(patient) ? "patient" : "folder", folder).substring(0, SHORT);
  }

  private static String extension(String file) {
    String extension = file.substring(stem(file).length()).toLowerCase(Locale.ROOT);
    return EXTENSIONS.contains(extension) ? extension : "";
  }

  private String salted(String kind, String text) {
    return hex(salt + "\0" + kind + "\0" + text);
  }

  /** A path without its extension where that is known: the end of a UID is none. */
  static String withoutKnownExtension(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    int cut = EXTENSIONS.stream().filter(lower::endsWith).mapToInt(String::length).max().orElse(0);
    return path.substring(0, path.length() - cut);
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
