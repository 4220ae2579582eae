package dev.sinter.dataset;

import dev.sinter.dataset.source.SourceFile;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** A file whose errors show its hashed path. Readers find the files beside it by its true name. */
final class HiddenFile implements SourceFile {
  private final SourceFile file;
  private final String shown;

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
    return file.sibling(name).map(other -> new HiddenFile(other, shown));
  }
}
