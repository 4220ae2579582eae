package dev.sinter.trainer.inspect;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.HadoopSourceFile;
import dev.sinter.dataset.SourceListing;
import dev.sinter.dataset.source.ContainerSource;
import dev.sinter.dataset.source.SourceFile;
import dev.sinter.dataset.source.SourceFormats;
import dev.sinter.dataset.source.dicom.DicomReader;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.inspect.Inspected.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Looks at what locations name; a file that cannot be read is one result among the others. */
public final class Inspections {
  private final Configuration configuration;

  /** Inspections with the file systems of a configuration. */
  public Inspections(Configuration configuration) {
    this.configuration = configuration;
  }

  /** Looks at all that a location names: a file, a folder or a pattern. */
  public void of(String location, Consumer<Inspected> results) {
    try {
      List<SourceListing.Named> found = SourceListing.of(location, configuration);
      for (SourceListing.Named named : found) {
        String shown = found.size() == 1 ? location : shown(named.path());
        if (!named.folder()) {
          results.accept(ofFile(shown, new HadoopSourceFile(named.path(), configuration)));
        } else {
          ofFolder(shown, named.path(), results);
        }
      }
    } catch (SinterException e) {
      results.accept(Inspected.unreadable(location, e));
    }
  }

  /** A local path without its scheme, as people write it. */
  private static String shown(String uri) {
    return uri.startsWith("file:") ? uri.replaceFirst("^file:/*", "/") : uri;
  }

  private void ofFolder(String shown, String folder, Consumer<Inspected> results) {
    Path path = new Path(folder);
    if (exists(path, DatasetManifest.FILE_NAME)) {
      results.accept(
          guarded(shown, Kind.DATASET, () -> DatasetFacts.ofDataset(path, configuration)));
    } else if (exists(path, "model.zip") || exists(path, "checkpoints")) {
      results.accept(
          guarded(shown, Kind.CHECKPOINT, () -> ModelFacts.ofCheckpoint(folder, configuration)));
    } else {
      for (HadoopSourceFile file : SourceListing.below(folder, configuration)) {
        results.accept(ofFile(shown(file.path()), file));
      }
    }
  }

  private boolean exists(Path folder, String name) {
    try {
      FileSystem files = folder.getFileSystem(configuration);
      return files.exists(new Path(folder, name));
    } catch (IOException e) {
      return false;
    }
  }

  private Inspected ofFile(String shown, SourceFile file) {
    byte[] head;
    try {
      head = head(file);
    } catch (IOException e) {
      return Inspected.unreadable(shown, unreadable(shown, e));
    }
    String uri = file.path();
    if (startsWith(head, "PAR1")) {
      return guarded(shown, Kind.SHARD, () -> DatasetFacts.ofShard(new Path(uri), configuration));
    }
    boolean safetensors = head.length > 8 && head[8] == '{' && head[7] == 0;
    if (safetensors || (startsWith(head, "\u0089HDF") && !isMinc(file))) {
      return guarded(shown, Kind.WEIGHTS, () -> ModelFacts.ofWeights(uri, configuration));
    }
    return ofImageOrWeights(shown, file, head);
  }

  private Inspected ofImageOrWeights(String shown, SourceFile file, byte[] head) {
    Kind[] kind = {Kind.IMAGE};
    Inspected image =
        guarded(
            shown,
            kind,
            () -> {
              Optional<ContainerSource> container = SourceFormats.container(file);
              if (container.isPresent()) {
                kind[0] = Kind.ARRAYS;
                return ImageFacts.of(container.get());
              }
              byte[] content = file.content();
              return DicomReader.matches(content)
                  ? DicomImageFacts.of(shown, content)
                  : ImageFacts.of(SourceFormats.read(file));
            });
    boolean unknown =
        image.error().filter(error -> error.code().startsWith("IMAGE_FORMAT_")).isPresent();
    boolean zip = startsWith(head, "PK");
    boolean perhaps = zip || (head.length > 0 && (head[0] == (byte) 0x80 || head[0] == 0x08));
    if (!unknown || !perhaps) {
      return image;
    }
    Inspected weights =
        guarded(shown, Kind.WEIGHTS, () -> ModelFacts.ofWeights(file.path(), configuration));
    // One byte is a weak sign: what then turns out to be no weights is of no known kind.
    boolean model = weights.facts().containsKey("model");
    if (weights.error().isPresent() && !zip) {
      return image;
    }
    return model ? Inspected.of(shown, Kind.CHECKPOINT, weights.facts()) : weights;
  }

  /** Work that may fail in any way. */
  @FunctionalInterface
  private interface Look {
    Map<String, Object> take() throws IOException;
  }

  private static Inspected guarded(String path, Kind kind, Look look) {
    return guarded(path, new Kind[] {kind}, look);
  }

  private static Inspected guarded(String path, Kind[] kind, Look look) {
    try {
      Map<String, Object> facts = look.take();
      return Inspected.of(path, kind[0], facts);
    } catch (SinterException e) {
      return Inspected.unreadable(path, e);
    } catch (IOException e) {
      return Inspected.unreadable(path, unreadable(path, e));
    } catch (RuntimeException e) { // one file must not end the look at the others
      return Inspected.unreadable(
          path,
          new SinterException(
              ErrorCategory.DATA,
              "IMAGE_UNREADABLE",
              path + ": it cannot be decoded: " + e.getClass().getSimpleName(),
              "Open the file with another program; replace it from its origin or remove it.",
              e));
    } catch (OutOfMemoryError e) {
      return Inspected.unreadable(
          path,
          new SinterException(
              ErrorCategory.DATA,
              "IMAGE_TOO_LARGE",
              path + ": it does not fit into memory",
              "Give more memory (SINTER_HEAP=4g for the launcher), or cut it into smaller ones.",
              e));
    }
  }

  private static SinterException unreadable(String path, IOException e) {
    return new SinterException(
        ErrorCategory.DATA,
        "SOURCE_UNREADABLE",
        path + ": " + e.getMessage(),
        "Check that the file system is up and that you may read the file.",
        e);
  }

  private byte[] head(SourceFile file) throws IOException {
    Path path = new Path(file.path());
    try (FSDataInputStream in = path.getFileSystem(configuration).open(path)) {
      return in.readNBytes(16);
    }
  }

  private static boolean isMinc(SourceFile file) {
    return file.name().endsWith(".mnc");
  }

  private static boolean startsWith(byte[] head, String magic) {
    for (int i = 0; i < magic.length(); i++) {
      if (i >= head.length || head[i] != (byte) magic.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
