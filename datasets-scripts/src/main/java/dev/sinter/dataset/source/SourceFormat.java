package dev.sinter.dataset.source;

/** A file format that Sinter reads. */
interface SourceFormat {

  /** Whether a file with this beginning is of this format. */
  boolean matches(byte[] content);

  /**
   * Decodes a whole file.
   *
   * @param path shown in errors
   * @throws dev.sinter.error.SinterException with a code when the file cannot be read
   */
  RawSource read(String path, byte[] content);

  /** Decodes a file of labels: a coloured palette gives its indices, not its colours. */
  default RawSource readMask(String path, byte[] content) {
    return read(path, content);
  }
}
