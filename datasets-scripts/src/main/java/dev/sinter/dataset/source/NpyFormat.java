package dev.sinter.dataset.source;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** One NumPy array in a {@code .npy} file. */
final class NpyFormat implements SourceFormat {
  static final String NAME = "npy";

  @Override
  public boolean matches(byte[] content) {
    return NpyHeader.looksLike(content);
  }

  @Override
  public RawSource read(SourceFile file) throws IOException {
    return array(file.path(), file.path(), file.content()).source(NAME);
  }

  static RawArray array(String path, String name, byte[] content) {
    NpyHeader header = NpyHeader.parse(path, content);
    long bytes = header.valueBytes();
    if (bytes > content.length - header.bytes()) {
      throw NpyHeader.truncated(path, bytes, content.length - header.bytes());
    }
    return header.array(
        path, name, Arrays.copyOfRange(content, header.bytes(), header.bytes() + (int) bytes));
  }

  /** The file as a container of one array, which has the file's name without its ending. */
  static ContainerSource container(String path, String fileName, byte[] content) {
    String name =
        fileName.endsWith(".npy") ? fileName.substring(0, fileName.length() - 4) : fileName;
    NpyHeader header = NpyHeader.parse(path, content);
    ContainerSource.Entry entry =
        new ContainerSource.Entry(
            name, Arrays.stream(header.shape()).boxed().toList(), header.type());
    return new ContainerSource() {
      @Override
      public String format() {
        return NAME;
      }

      @Override
      public List<Entry> entries() {
        return List.of(entry);
      }

      @Override
      public RawArray array(String wanted) {
        if (!wanted.equals(name)) {
          throw notFound(path, wanted, List.of(name));
        }
        return NpyFormat.array(path, name, content);
      }
    };
  }

  static SinterException notFound(String path, String name, List<String> names) {
    return SourceErrors.data(
        "ARRAY_NOT_FOUND",
        path + ": there is no array " + name,
        "It holds " + String.join(", ", names) + ".");
  }
}
