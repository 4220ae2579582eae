package dev.sinter.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** A file that holds the salt of a site's hashes. What is in it is shown nowhere. */
public final class SaltFile {
  private static final int LEAST_CHARACTERS = 16;
  private static final int MOST_BYTES = 4096;

  private SaltFile() {}

  /**
   * Reads a salt, without white space around it.
   *
   * @throws dev.sinter.error.SinterException {@code SALT_UNUSABLE}
   */
  public static String read(String uri, Configuration configuration) {
    Path path = FileListing.path(uri);
    String salt;
    try (FSDataInputStream in = path.getFileSystem(configuration).open(path)) {
      salt = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw unusable(path, "it cannot be read: " + e.getClass().getSimpleName());
    }
    if (salt.length() < LEAST_CHARACTERS) {
      throw unusable(path, "it holds fewer than " + LEAST_CHARACTERS + " characters");
    }
    return salt;
  }

  /** The salt of an environment variable, under the same rule; none where it is blank or null. */
  static Optional<String> ofVariable(String name, String value) {
    String salt = value == null ? "" : value.strip();
    if (!salt.isEmpty() && salt.length() < LEAST_CHARACTERS) {
      throw unusable(name, "it holds fewer than " + LEAST_CHARACTERS + " characters");
    }
    return salt.isEmpty() ? Optional.empty() : Optional.of(salt);
  }

  private static RuntimeException unusable(Object place, String problem) {
    return DatasetErrors.usage(
        "SALT_UNUSABLE",
        place + ": no salt: " + problem,
        "Make one that nobody can guess, for example with `openssl rand -hex 32`, readable by you"
            + " alone, and keep it: data that are added later need it.");
  }
}
