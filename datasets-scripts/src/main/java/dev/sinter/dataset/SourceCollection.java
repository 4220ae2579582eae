package dev.sinter.dataset;

import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.SourceFormats;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
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
   * @param unreadable rows of a table that could not be read
   */
  public record Source(
      Item item, RawSource raw, List<Sample> samples, List<Unreadable> unreadable) {}

  /** A row of a table that could not be read: its name, why, and why in words. */
  public record Unreadable(String name, String code, String message) {}

  /**
   * Lists the files under a folder, or one file.
   *
   * @throws dev.sinter.error.SinterException {@code PATH_NOT_FOUND}, {@code NO_IMAGES_FOUND}
   */
  public static SourceCollection list(
      Configuration configuration, String uri, Preparation preparation) {
    List<Item> items =
        preparation.sample() == SampleKind.ROW
            ? TableListing.of(uri, configuration).stream()
                .map(file -> new Item(file.path(), file.relative()))
                .toList()
            : FileListing.of(uri, configuration).stream()
                .map(file -> new Item(file.path(), file.relative()))
                .toList();
    if (items.isEmpty()) {
      throw DatasetErrors.data(
          "NO_IMAGES_FOUND", uri + ": there are no files", "Give a folder of images or volumes.");
    }
    return new SourceCollection(preparation, items);
  }

  /** No files: for contents that a program gives one by one. */
  public static SourceCollection of(Preparation preparation) {
    return new SourceCollection(preparation, List.of());
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
    if (preparation.sample() == SampleKind.ROW) {
      return readTable(configuration, item);
    }
    RawSource raw;
    try {
      raw = SourceFormats.read(new HadoopSourceFile(item.path(), configuration));
    } catch (IOException e) {
      throw DatasetErrors.storage(new Path(item.path()), e);
    }
    return source(item, raw);
  }

  /**
   * Decodes the content of a file.
   *
   * @param name of the source, shown in errors
   * @throws dev.sinter.error.SinterException as {@link #read}
   */
  public Source decode(String name, byte[] content) {
    return source(new Item(name, name), SourceFormats.read(name, content));
  }

  /**
   * A row of a table as a sample.
   *
   * @param values one per column, in the order of the dataset's
   * @throws dev.sinter.error.SinterException {@code TABLE_COLUMN_MISSING} for another number of
   *     them
   */
  public Sample row(String name, float[] values) {
    if (preparation.sample() != SampleKind.ROW || values.length != preparation.columns().size()) {
      throw DatasetErrors.data(
          "TABLE_COLUMN_MISSING",
          name
              + ": it has "
              + values.length
              + " values, the model takes "
              + preparation.columns().size()
              + " of a row",
          "Give as many values as the model was trained on, in their order.");
    }
    return new FeatureTable.Row(1, values, "", "").sample(name, "", "", -1, name);
  }

  private Source source(Item item, RawSource raw) {
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
        item, raw, new SampleFactory(preparation).samples(identity, raw, new byte[0]), List.of());
  }

  /** A table, as an image with a line per row. */
  private Source readTable(Configuration configuration, Item item) {
    byte[] content = TableListing.content(item.path(), item.relative(), configuration);
    FeatureTable table =
        FeatureTable.unlabelled(item.relative(), item.relative(), content, preparation.columns());
    List<Sample> samples = new ArrayList<>();
    for (FeatureTable.Row row : table.rows()) {
      String name = FeatureTable.name(item.relative(), row.number());
      samples.add(row.sample(name, "", "", -1, name));
    }
    byte[] values = new byte[samples.size() * preparation.channels() * Float.BYTES];
    for (int i = 0; i < samples.size(); i++) {
      byte[] row = samples.get(i).pixels();
      System.arraycopy(row, 0, values, i * row.length, row.length);
    }
    RawImage raw =
        new RawImage("csv", 1, samples.size(), preparation.channels(), PixelType.FLOAT32, values);
    return new Source(
        item,
        raw,
        samples,
        table.rejections().stream()
            .map(row -> new Unreadable(row.path(), row.code(), row.message()))
            .toList());
  }
}
