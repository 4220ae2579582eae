package dev.sinter.dataset;

import dev.sinter.dataset.source.ContainerSource;
import dev.sinter.dataset.source.RawArray;
import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.SourceFormats;
import dev.sinter.dataset.source.VoxelType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * Opens sources, whether they are one file, a file for each channel, or a part of a container. One
 * for each task, on executors. Errors show hashed paths.
 */
final class SourceReading {
  private final Configuration configuration;
  private final SourceNames names;

  /** The array that was read last: its samples come one after the other. */
  private RawArray array;

  private String arrayFormat = "";
  private String arrayKey = "";

  SourceReading(Configuration configuration, SourceNames names) {
    this.configuration = configuration;
    this.names = names;
  }

  /**
   * A decoded source.
   *
   * @param contents bytes of its files
   */
  record Opened(RawSource source, List<byte[]> contents) {
    Sha256 content() {
      return Sha256.of(contents.toArray(byte[][]::new));
    }
  }

  String shown(SourceEntry entry) {
    return names.hidden(entry.relative(), entry.patient());
  }

  /** A reader's message without the names of the source's files. */
  String scrubbed(SourceEntry entry, String message) {
    String scrubbed = message;
    String shown = shown(entry);
    List<String> files = new ArrayList<>(entry.channels());
    files.add(entry.relative());
    files.add(entry.mask());
    for (String relative : files) {
      String name = relative.substring(relative.lastIndexOf('/') + 1);
      String stem = SourceNames.stem(name);
      scrubbed = replaced(replaced(scrubbed, relative, shown), name, shown);
      // A short stem, such as 001, is a part of any size or number.
      scrubbed = stem.length() < 5 ? scrubbed : replaced(scrubbed, stem, shown);
    }
    return scrubbed;
  }

  private static String replaced(String message, String text, String shown) {
    return text.isEmpty() ? message : message.replace(text, shown);
  }

  Opened open(SourceEntry entry) throws IOException {
    String shown = shown(entry);
    if (entry.member().isGiven()) {
      return sample(entry);
    }
    if (entry.channels().isEmpty()) {
      HiddenFile file = new HiddenFile(entry.path(), shown, configuration);
      RawSource source = SourceFormats.read(file);
      return new Opened(source, file.contents());
    }
    List<RawSource> channels = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    for (String channel : entry.channels()) {
      HiddenFile file = new HiddenFile(entry.place().input() + "/" + channel, shown, configuration);
      channels.add(SourceFormats.read(file));
      contents.addAll(file.contents());
    }
    return new Opened(joined(shown, channels), contents);
  }

  private Opened sample(SourceEntry entry) throws IOException {
    SourceEntry.Member member = entry.member();
    String key = entry.path() + "!" + member.array();
    if (!key.equals(arrayKey)) {
      ContainerSource container = container(entry.path(), member.file());
      array = container.array(member.array());
      arrayFormat = container.format();
      arrayKey = key;
    }
    RawSource source = array.sample(arrayFormat, member.index());
    byte[] stored =
        source instanceof RawImage image ? image.pixels() : ((RawVolume) source).stored();
    return new Opened(source, List.of(stored));
  }

  /** A file of many samples. */
  ContainerSource container(String path, String relative) throws IOException {
    String shown = names.hidden(relative, "");
    return SourceFormats.container(new HiddenFile(path, shown, configuration))
        .orElseThrow(
            () ->
                DatasetErrors.data(
                    "IMAGE_FORMAT_UNKNOWN",
                    shown + ": it is called a container and is none",
                    "Remove the file, or save it again with numpy.savez."));
  }

  /** In place of its pixels: a source that is like no other, as blank ones are. */
  Sha256 alone(SourceEntry entry) {
    return SourceNames.keyOf(names.sourceId(entry.relative()));
  }

  /** What the source's first file says of its patient. */
  SourceTags tags(SourceEntry entry, Opened opened) {
    return SourceTags.of(shown(entry), opened.contents().get(0), names);
  }

  HiddenFile mask(SourceEntry entry) {
    return new HiddenFile(entry.maskPath(), shown(entry) + " (mask)", configuration);
  }

  /** One source of several channels; they must agree in all but their values. */
  static RawSource joined(String shown, List<RawSource> channels) {
    RawSource first = channels.get(0);
    for (RawSource other : channels) {
      if (!extents(other).equals(extents(first))) {
        throw DatasetErrors.data(
            "CHANNELS_DIFFER",
            shown + ": its channels are " + extents(first) + " and " + extents(other),
            "Give all channels of a case the same size, type and scaling.");
      }
      if (!GeometryAgreement.agree(first, other)) {
        throw DatasetErrors.data(
            "CHANNELS_DIFFER",
            shown
                + ": its channels lie "
                + GeometryAgreement.text(first)
                + " and "
                + GeometryAgreement.text(other),
            "Save all channels of a case on one grid: same origin, spacing and directions.");
      }
    }
    return first instanceof RawImage image
        ? joinedImage(image, channels)
        : joinedVolume((RawVolume) first, channels);
  }

  private static String extents(RawSource source) {
    String type = " " + source.type().key() + " " + source.scaling();
    return source instanceof RawImage image
        ? image.channels() + " x " + image.height() + " x " + image.width() + type
        : Arrays.toString(((RawVolume) source).dimensions()) + type;
  }

  private static RawImage joinedImage(RawImage first, List<RawSource> channels) {
    int bytes = first.pixels().length;
    byte[] planes = new byte[bytes * channels.size()];
    for (int i = 0; i < channels.size(); i++) {
      System.arraycopy(((RawImage) channels.get(i)).pixels(), 0, planes, i * bytes, bytes);
    }
    return new RawImage(
        first.format(),
        first.channels() * channels.size(),
        first.height(),
        first.width(),
        first.type(),
        planes,
        first.scaling(),
        first.geometry(),
        first.notes());
  }

  /** A volume's channels lie beside each other. */
  private static RawVolume joinedVolume(RawVolume first, List<RawSource> channels) {
    VoxelType type = first.type();
    int width = type.bytes();
    int count = channels.size();
    byte[] stored = new byte[first.stored().length * count];
    for (int channel = 0; channel < count; channel++) {
      byte[] from = ((RawVolume) channels.get(channel)).stored();
      for (int i = 0; i < from.length; i += width) {
        System.arraycopy(from, i, stored, i * count + channel * width, width);
      }
    }
    return new RawVolume(
        first.format(),
        first.dimensions(),
        count,
        type,
        first.scaling(),
        first.geometry(),
        stored,
        first.notes());
  }
}
