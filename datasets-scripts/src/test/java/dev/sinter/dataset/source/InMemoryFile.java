package dev.sinter.dataset.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A file among others of its folder. */
record InMemoryFile(Map<String, byte[]> folder, String path) implements SourceFile {

  static SourceFile of(Map<String, byte[]> folder, String name) {
    return new InMemoryFile(folder, name);
  }

  @Override
  public byte[] content() {
    return folder.get(path);
  }

  @Override
  public Optional<SourceFile> sibling(String name) {
    return folder.containsKey(name) ? Optional.of(of(folder, name)) : Optional.empty();
  }

  /** A file of the local disk. */
  static SourceFile onDisk(Path file) {
    return new SourceFile() {
      @Override
      public String path() {
        return file.toString();
      }

      @Override
      public byte[] content() throws IOException {
        return Files.readAllBytes(file);
      }

      @Override
      public Optional<SourceFile> sibling(String name) {
        Path other = file.resolveSibling(name);
        return Files.isRegularFile(other) ? Optional.of(onDisk(other)) : Optional.empty();
      }
    };
  }
}
