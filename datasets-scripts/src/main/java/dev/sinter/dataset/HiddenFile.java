package dev.sinter.dataset;

import dev.sinter.dataset.source.SourceFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** A file whose errors show its hashed path. Readers find the files beside it by its true name. */
final class HiddenFile implements SourceFile {
  private final SourceFile file;
  private final String shown;
  private final List<HiddenFile> siblings = new ArrayList<>();

  HiddenFile(String path, String shown, Configuration configuration) {
    this(new HadoopSourceFile(path, configuration), shown);
  }

  private HiddenFile(SourceFile file, String shown) {
    this.file = file;
    this.shown = shown;
  }

  @Override
  public String path() {
    return shown;
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public byte[] content() throws IOException {
    return file.content();
  }

  @Override
  public Optional<SourceFile> sibling(String name) throws IOException {
    Optional<HiddenFile> found = file.sibling(name).map(other -> new HiddenFile(other, shown));
    found.ifPresent(siblings::add);
    return found.map(other -> other);
  }

  /** Its bytes, then those of the files beside it that its reader found. */
  List<byte[]> contents() throws IOException {
    List<byte[]> contents = new ArrayList<>();
    contents.add(content());
    for (HiddenFile sibling : siblings) {
      contents.add(sibling.content());
    }
    return contents;
  }
}
