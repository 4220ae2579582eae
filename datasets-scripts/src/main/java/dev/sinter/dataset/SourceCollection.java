package dev.sinter.dataset;

import dev.sinter.dataset.source.ContainerSource;
import dev.sinter.dataset.source.RawArray;
import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.SourceFormats;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * New images or volumes, read as a dataset's samples were; no masks, no classes needed. Several
 * threads may read.
 */
public final class SourceCollection {
  private final Preparation preparation;
  private final List<SourceItem> items;
  private final boolean whole;

  /** The array of a container that was read last: its samples come one after the other. */
  private OpenedArray opened = new OpenedArray("", "", null);

  private SourceCollection(Preparation preparation, List<SourceItem> items, boolean whole) {
    this.preparation = preparation;
    this.items = items;
    this.whole = whole;
  }

  private record OpenedArray(String key, String format, RawArray array) {}

  /**
   * One decoded source and its samples: one for an image, one per slice for a volume.
   *
   * @param item the source
   * @param raw what the reader found
   * @param samples fitted to the dataset; split and patient are empty, the label is -1. Slices are
   *     made when they are asked for
   * @param unreadable rows of a table that could not be read
   * @param preparation what made the samples of it
   */
  public record Source(
      SourceItem item,
      RawSource raw,
      List<Sample> samples,
      List<Unreadable> unreadable,
      Preparation preparation) {

    /** Bytes of its stored values. */
    public long rawBytes() {
      return raw instanceof RawImage image
          ? image.pixels().length
          : ((RawVolume) raw).stored().length;
    }
  }

  /** A row of a table that could not be read: its name, why, and why in words. */
  public record Unreadable(String name, String code, String message) {}

  /**
   * Lists what lies under a folder, or one file. Driver only.
   *
   * @throws dev.sinter.error.SinterException {@code PATH_NOT_FOUND}, {@code NO_IMAGES_FOUND}
   */
  public static SourceCollection list(
      Configuration configuration, String uri, Preparation preparation) {
    List<SourceItem> items = NewSources.list(configuration, uri, preparation);
    if (items.isEmpty()) {
      throw DatasetErrors.data(
          "NO_IMAGES_FOUND", uri + ": there are no files", "Give a folder of images or volumes.");
    }
    return new SourceCollection(preparation, items, false);
  }

  /** No sources: for contents that a program gives one by one. */
  public static SourceCollection of(Preparation preparation) {
    return new SourceCollection(preparation, List.of(), false);
  }

  /** Some sources that were listed before. */
  public static SourceCollection of(Preparation preparation, List<SourceItem> items) {
    return new SourceCollection(preparation, items, false);
  }

  /** The same sources, each read as a whole: {@link Preparation#covering}. */
  public SourceCollection whole() {
    return new SourceCollection(preparation, items, true);
  }

  /** The sources, sorted by their relative paths. */
  public List<SourceItem> items() {
    return items;
  }

  /**
   * Reads one source. Runs on executors as well.
   *
   * @throws dev.sinter.error.SinterException with the reader's code, {@code CHANNEL_MISSING},
   *     {@code CHANNELS_DIFFER}, or {@code SOURCES_MIXED} when a volume meets a model of images or
   *     the other way round
   */
  public Source read(Configuration configuration, SourceItem item) {
    if (preparation.sample() == SampleKind.ROW) {
      return readTable(configuration, item);
    }
    RawSource raw;
    try {
      raw = open(configuration, item);
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
    return source(
        SourceItem.ofFile("", name, content.length, 0), SourceFormats.read(name, content));
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

  private Source source(SourceItem item, RawSource raw) {
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
    Preparation used = whole ? preparation.covering(raw) : preparation;
    return new Source(
        item,
        raw,
        new SampleFactory(used).samplesOnDemand(identity, raw, new byte[0]),
        List.of(),
        used);
  }

  private RawSource open(Configuration configuration, SourceItem item) throws IOException {
    if (item.isMember()) {
      OpenedArray array = array(configuration, item);
      return array.array().sample(array.format(), item.index());
    }
    if (item.files().isEmpty()) {
      return SourceFormats.read(new HadoopSourceFile(item.path(), configuration));
    }
    int channels = preparation.channelsOfSource();
    List<Integer> numbers = item.files().stream().map(NewSources::channelOf).toList();
    if (!numbers.equals(IntStream.range(0, channels).boxed().toList())) {
      throw DatasetErrors.data(
          "CHANNEL_MISSING",
          item.relative() + ": channels " + numbers + " are there, the model has " + channels,
          "Give a file for each channel, numbered from 0000 on.");
    }
    List<RawSource> read = new ArrayList<>();
    for (String file : item.files()) {
      read.add(SourceFormats.read(new HadoopSourceFile(item.folder() + "/" + file, configuration)));
    }
    return SourceReading.joined(item.relative(), read);
  }

  private synchronized OpenedArray array(Configuration configuration, SourceItem item)
      throws IOException {
    String key = item.path() + "!" + item.array();
    if (!opened.key().equals(key)) {
      ContainerSource container =
          SourceFormats.container(new HadoopSourceFile(item.path(), configuration))
              .orElseThrow(() -> new IOException(item.path() + " is no container any more"));
      opened = new OpenedArray(key, container.format(), container.array(item.array()));
    }
    return opened;
  }

  /** A table, as an image with a line per row. */
  private Source readTable(Configuration configuration, SourceItem item) {
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
            .toList(),
        preparation);
  }
}
