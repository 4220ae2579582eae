package dev.sinter.dataset.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** NumPy arrays in a zip file, {@code .npz}. */
final class NpzFormat implements SourceFormat {
  static final String NAME = "npz";
  private static final String ENDING = ".npy";

  @Override
  public boolean matches(byte[] content) {
    return ZipDirectory.looksLike(content)
        && ZipDirectory.names(content).stream().anyMatch(name -> name.endsWith(ENDING));
  }

  /** A file of one array is its image or volume. */
  @Override
  public RawSource read(SourceFile file) throws IOException {
    ContainerSource container = container(file.path(), file.content());
    if (container.entries().size() != 1) {
      throw SourceErrors.data(
          "FILE_HOLDS_MANY_SAMPLES",
          file.path() + ": it holds the arrays " + names(container),
          "Prepare it as a collection of its own, or save each sample as a file.");
    }
    return container.array(container.entries().get(0).name()).source(NAME);
  }

  private static List<String> names(ContainerSource container) {
    return container.entries().stream().map(ContainerSource.Entry::name).toList();
  }

  static ContainerSource container(String path, byte[] content) {
    ZipDirectory zip = ZipDirectory.open(path, content);
    Map<String, ZipDirectory.Member> members = new LinkedHashMap<>();
    List<ContainerSource.Entry> entries = new ArrayList<>();
    for (ZipDirectory.Member member : zip.members()) {
      if (!member.name().endsWith(ENDING)) {
        continue;
      }
      String name = member.name().substring(0, member.name().length() - ENDING.length());
      NpyHeader header = header(path, zip, member);
      entries.add(
          new ContainerSource.Entry(
              name, Arrays.stream(header.shape()).boxed().toList(), header.type()));
      if (members.put(name, member) != null) {
        throw NpyHeader.damaged(path, "two arrays are called " + name);
      }
    }
    return new ContainerSource() {
      @Override
      public String format() {
        return NAME;
      }

      @Override
      public List<Entry> entries() {
        return List.copyOf(entries);
      }

      @Override
      public RawArray array(String name) {
        ZipDirectory.Member member = members.get(name);
        if (member == null) {
          throw NpyFormat.notFound(path, name, names(this));
        }
        NpyHeader header = header(path, zip, member);
        long bytes = header.bytes() + header.valueBytes();
        if (bytes < 0 || bytes > zip.mostBytes(member)) {
          throw NpyHeader.truncated(path + "!" + name, header.valueBytes(), member.compressed());
        }
        byte[] all = zip.read(member, (int) bytes);
        return header.array(
            path + "!" + name, name, Arrays.copyOfRange(all, header.bytes(), all.length));
      }
    };
  }

  private static NpyHeader header(String path, ZipDirectory zip, ZipDirectory.Member member) {
    byte[] head = zip.read(member, NpyHeader.MOST_BYTES + 12);
    if (!NpyHeader.looksLike(head)) {
      throw NpyHeader.damaged(path, member.name() + " is no array");
    }
    return NpyHeader.parse(path + "!" + member.name(), head);
  }
}
