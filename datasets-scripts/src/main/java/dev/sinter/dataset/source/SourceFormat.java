package dev.sinter.dataset.source;

import java.io.IOException;

/** A file format that Sinter reads. */
public interface SourceFormat {

  /** Whether a file with this content is of this format. */
  boolean matches(byte[] content);

  /**
   * Decodes a whole file.
   *
   * @throws dev.sinter.error.SinterException with a code when the file cannot be read
   * @throws IOException only from opening a file, not from what is in it
   */
  RawSource read(SourceFile file) throws IOException;

  /** Decodes a file of labels: a coloured palette gives its indices, not its colours. */
  default RawSource readMask(SourceFile file) throws IOException {
    return read(file);
  }
}
