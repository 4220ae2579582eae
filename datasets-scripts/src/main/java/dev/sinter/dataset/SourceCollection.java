package dev.sinter.dataset;

import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.SourceFormats;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** New images or volumes, read as a dataset's samples were; no masks, no classes needed. */
public final class SourceCollection implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Preparation preparation;
  private final List<Item> items;

  private SourceCollection(Preparation preparation, List<Item> items) {
    this.preparation = preparation;
    this.items = List.copyOf(items);
  }

  /**
   * One file of a collection.
   *
   * @param path full URI
   * @param relative path below the collection's folder; the name of a file given itself
   */
  public record Item(String path, String relative) implements Serializable {}

  /**
   * One decoded file and its samples: one for an image, one per slice for a volume.
   *
   * @param item the file
   * @param raw what the reader found
   * @param samples fitted to the dataset; split and patient are empty, the label is -1
   */
  public record Source(Item item, RawSource raw, List<Sample> samples) {}

  /**
   * Lists the files under a folder, or one file.
   *
   * @throws dev.sinter.error.SinterException {@code PATH_NOT_FOUND}, {@code NO_IMAGES_FOUND}
   */
  public static SourceCollection list(
      Configuration configuration, String uri, Preparation preparation) {
    List<Item> items =
        FileListing.of(uri, configuration).stream()
            .map(file -> new Item(file.path(), file.relative()))
            .toList();
    if (items.isEmpty()) {
      throw DatasetErrors.data(
          "NO_IMAGES_FOUND", uri + ": there are no files", "Give a folder of images or volumes.");
    }
    return new SourceCollection(preparation, items);
  }

  /** The files, sorted by their relative paths. */
  public List<Item> items() {
    return items;
  }

  /**
   * Reads one file. Runs on executors as well.
   *
   * @throws dev.sinter.error.SinterException with the reader's code, or {@code SOURCES_MIXED} when
   *     a volume meets a model of images or the other way round
   */
  public Source read(Configuration configuration, Item item) {
    byte[] content;
    try {
      content = SourceVerifier.content(item.path(), configuration);
    } catch (IOException e) {
      throw DatasetErrors.storage(new Path(item.path()), e);
    }
    RawSource raw = SourceFormats.read(item.path(), content);
    SourceVerifier.values(item.path(), raw);
    String kind = raw instanceof RawVolume ? Preparation.VOLUME : Preparation.IMAGE;
    if (!kind.equals(preparation.source())) {
      throw DatasetErrors.data(
          "SOURCES_MIXED",
          item.path()
              + ": it is a "
              + kind
              + ", the dataset holds sources of kind "
              + preparation.source(),
          "Give files of the kind that the model was trained on.");
    }
    SampleFactory.Identity identity =
        new SampleFactory.Identity(item.relative(), "", "", item.relative(), -1);
    return new Source(
        item, raw, new SampleFactory(preparation).samples(identity, raw, new byte[0]));
  }
}
