package dev.sinter.dataset;

import dev.sinter.dataset.source.ContainerSource;
import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.SourceFormats;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;

/**
 * What there is to predict under a folder: files, cases of a file {@code CASE_0000}, {@code
 * CASE_0001} for each channel, samples of {@code .npz} files. Driver only.
 */
final class NewSources {
  private static final Pattern CHANNEL =
      Pattern.compile("(.+)_(\\d{4})((?:\\.[^./]+){1,2})", Pattern.DOTALL);
  private static final String IMAGES = "images";

  private final Configuration configuration;
  private final Preparation preparation;
  private final List<SourceItem> items = new ArrayList<>();

  private NewSources(Configuration configuration, Preparation preparation) {
    this.configuration = configuration;
    this.preparation = preparation;
  }

  static List<SourceItem> list(Configuration configuration, String uri, Preparation preparation) {
    NewSources sources = new NewSources(configuration, preparation);
    if (preparation.sample() == SampleKind.ROW) {
      for (TableListing.Item file : TableListing.of(uri, configuration)) {
        String folder = file.path().substring(0, file.path().length() - file.relative().length());
        sources.items.add(
            SourceItem.ofFile(
                folder.substring(0, folder.length() - 1),
                file.relative(),
                file.bytes(),
                file.bytes() * 1_000_003 + file.modified()));
      }
    } else {
      sources.takeFiles(FileListing.of(uri, configuration));
    }
    sources.items.sort(Comparator.comparing(SourceItem::relative));
    return sources.items;
  }

  private void takeFiles(List<FileListing.Item> files) {
    NavigableMap<String, NavigableMap<Integer, FileListing.Item>> cases = new TreeMap<>();
    for (FileListing.Item file : files) {
      Matcher channel = CHANNEL.matcher(file.relative());
      if (preparation.channelsOfSource() > 1 && channel.matches()) {
        cases
            .computeIfAbsent(channel.group(1) + channel.group(3), name -> new TreeMap<>())
            .put(Integer.parseInt(channel.group(2)), file);
      } else if (!file.relative().toLowerCase(Locale.ROOT).endsWith(".npz") || !takeMembers(file)) {
        items.add(ofFile(file));
      }
    }
    if (!cases.isEmpty()) {
      takeCases(cases);
    }
  }

  private static SourceItem ofFile(FileListing.Item file) {
    return SourceItem.ofFile(file.folder(), file.relative(), file.bytes(), file.stamp());
  }

  /** Photographs may be numbered as well: what the first of them holds tells one from the other. */
  private void takeCases(NavigableMap<String, NavigableMap<Integer, FileListing.Item>> cases) {
    if (isWhole(cases.firstEntry().getValue().firstEntry().getValue())) {
      cases.values().forEach(c -> c.values().forEach(file -> items.add(ofFile(file))));
      return;
    }
    cases.forEach(
        (name, channels) -> {
          if (preparation.source().equals(Preparation.VOLUME) || isComplete(channels)) {
            items.add(ofCase(name, channels.values()));
          } else { // a gray photograph may be given to a model of colours
            channels.values().forEach(file -> items.add(ofFile(file)));
          }
        });
  }

  private boolean isComplete(NavigableMap<Integer, FileListing.Item> channels) {
    int count = preparation.channelsOfSource();
    return channels.size() == count && channels.firstKey() == 0 && channels.lastKey() == count - 1;
  }

  /** Number of a channel's file; -1 without one. */
  static int channelOf(String relative) {
    Matcher channel = CHANNEL.matcher(relative);
    return channel.matches() ? Integer.parseInt(channel.group(2)) : -1;
  }

  private static SourceItem ofCase(String name, Collection<FileListing.Item> channels) {
    long bytes = 0;
    long stamp = 0;
    for (FileListing.Item channel : channels) {
      bytes += channel.bytes();
      stamp = stamp * 31 + channel.stamp();
    }
    return new SourceItem(
        channels.iterator().next().folder(),
        name,
        channels.stream().map(FileListing.Item::relative).toList(),
        "",
        0,
        bytes,
        stamp);
  }

  /** Whether a file holds all channels itself. One that cannot be read says nothing. */
  private boolean isWhole(FileListing.Item file) {
    try {
      RawSource raw = SourceFormats.read(new HadoopSourceFile(file.path(), configuration));
      int channels =
          raw instanceof RawImage image ? image.channels() : ((RawVolume) raw).channels();
      return channels == preparation.channelsOfSource();
    } catch (IOException e) {
      throw DatasetErrors.unreadableBelow(file.folder(), e);
    } catch (SinterException e) {
      return false;
    }
  }

  /** Takes the samples of a container of images, as {@code prepare} finds them. */
  private boolean takeMembers(FileListing.Item file) {
    boolean any = false;
    try {
      Optional<ContainerSource> container =
          SourceFormats.container(new HadoopSourceFile(file.path(), configuration));
      for (ContainerSource.Entry entry :
          container.map(ContainerSource::entries).orElse(List.of())) {
        boolean images = entry.name().equals(IMAGES) || entry.name().endsWith("_" + IMAGES);
        if (images && entry.shape().size() > 2) {
          any = true;
          takeMembers(file, entry);
        }
      }
      return any;
    } catch (IOException e) {
      throw DatasetErrors.unreadableBelow(file.folder(), e);
    } catch (SinterException e) {
      return any; // reading it as a file says what is wrong with it
    }
  }

  private void takeMembers(FileListing.Item file, ContainerSource.Entry entry) {
    int samples = entry.shape().get(0);
    int end = entry.name().length() - IMAGES.length() - 1;
    String part = end < 0 ? IMAGES : entry.name().substring(0, end);
    for (int i = 0; i < samples; i++) {
      items.add(
          new SourceItem(
              file.folder(),
              String.format(Locale.ROOT, "%s/%s/%06d", file.relative(), part, i),
              List.of(file.relative()),
              entry.name(),
              i,
              file.bytes() / samples,
              file.stamp()));
    }
  }
}
