package dev.sinter.dataset.source;

import java.io.IOException;
import java.util.Optional;

/** A file in any file system, as readers see it. */
public interface SourceFile {

  /** Shown in errors. */
  String path();

  /** The whole file. */
  byte[] content() throws IOException;

  /**
   * Another file of the same folder, for formats of more than one file.
   *
   * @param name without a folder
   * @return empty when there is none
   */
  Optional<SourceFile> sibling(String name) throws IOException;

  /** The path's last component. */
  default String name() {
    return path().substring(Math.max(path().lastIndexOf('/'), path().lastIndexOf('\\')) + 1);
  }

  /** A file whose content is known and that stands alone. */
  static SourceFile of(String path, byte[] content) {
    return new SourceFile() {
      @Override
      public String path() {
        return path;
      }

      @Override
      public byte[] content() {
        return content;
      }

      @Override
      public Optional<SourceFile> sibling(String name) {
        return Optional.empty();
      }
    };
  }
}
