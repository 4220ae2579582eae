package dev.sinter.dataset;

import dev.sinter.dataset.source.ContainerSource;
import dev.sinter.dataset.source.RawArray;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;

/**
 * Containers of arrays as MedMNIST's {@code .npz}: {@code train_images}, {@code train_labels}, and
 * the same of val and test, which are given splits; or {@code images} and {@code labels}.
 */
final class ContainerArrays {
  private static final String IMAGES = "images";
  private static final String LABELS = "labels";

  private final Layout layout;
  private final List<Labelled> found = new ArrayList<>();

  private ContainerArrays(Layout layout) {
    this.layout = layout;
  }

  /** A sample with the number of its class. */
  private record Labelled(
      FileListing.Item item, SourceEntry.Member member, String split, int label) {}

  /** Whether a collection is of containers alone. */
  static boolean matches(List<FileListing.Item> items) {
    return !items.isEmpty()
        && items.stream().allMatch(i -> i.relative().toLowerCase(Locale.ROOT).endsWith(".npz"));
  }

  static void fill(Layout layout, List<FileListing.Item> items, Configuration configuration) {
    ContainerArrays arrays = new ContainerArrays(layout);
    SourceReading reading = new SourceReading(configuration, layout.names());
    for (FileListing.Item item : items) {
      try {
        arrays.take(item, reading.container(item.path(), item.relative()));
      } catch (IOException e) {
        throw DatasetErrors.unreadableBelow(item.folder(), e);
      } catch (SinterException e) {
        layout.reject(item, e.code(), e.getMessage());
      } catch (RuntimeException e) { // one file must not end the run
        String kind = e.getClass().getSimpleName();
        layout.reject(item, "IMAGE_UNREADABLE", "it cannot be decoded: " + kind);
      }
    }
    arrays.finish();
  }

  private void take(FileListing.Item item, ContainerSource container) {
    List<String> names = container.entries().stream().map(ContainerSource.Entry::name).toList();
    boolean any = false;
    for (String name : names) {
      Optional<String> split = split(name);
      if (split.isPresent()) {
        any = true;
        take(item, container, name, split.get());
      }
    }
    if (!any) {
      throw DatasetErrors.data(
          "CONTAINER_LAYOUT_UNKNOWN",
          "it holds the arrays " + names + ", none of them images and labels",
          "Name arrays train_images, train_labels, and so on, or images and labels.");
    }
  }

  private static Optional<String> split(String array) {
    if (array.equals(IMAGES)) {
      return Optional.of("");
    }
    String prefix = array.endsWith("_" + IMAGES) ? array.replace("_" + IMAGES, "") : "";
    return FolderNames.isSplit(prefix)
        ? Optional.of(FolderNames.splitOf(prefix))
        : Optional.empty();
  }

  private void take(FileListing.Item item, ContainerSource container, String images, String split) {
    RawArray labels =
        container.array(images.substring(0, images.length() - IMAGES.length()) + LABELS);
    int samples =
        container.entries().stream()
            .filter(e -> e.name().equals(images))
            .mapToInt(e -> e.shape().isEmpty() ? 1 : e.shape().get(0))
            .findFirst()
            .orElseThrow();
    if (labels.samples() != samples) {
      throw DatasetErrors.data(
          "CONTAINER_LAYOUT_UNKNOWN",
          images + " holds " + samples + " samples, its labels " + labels.samples(),
          "Give one label for each image.");
    }
    float[] values = labels.values();
    if (samples > 0 && values.length == 0) { // as many samples as a header can claim
      throw DatasetErrors.data(
          "CONTAINER_LAYOUT_UNKNOWN",
          "the labels of " + images + " have the shape " + labels.shape(),
          "Give one label for each image.");
    }
    int width = samples == 0 ? 1 : values.length / samples;
    layout.listed += samples;
    for (int i = 0; i < samples; i++) {
      FileListing.Item sample =
          new FileListing.Item(
              item.folder(),
              String.format(
                  Locale.ROOT, "%s/%s/%06d", item.relative(), split.isEmpty() ? IMAGES : split, i),
              item.bytes() / samples,
              item.modified());
      int label = label(values, i * width, width);
      if (label < 0) {
        layout.reject(
            sample,
            "LABELS_NOT_EXCLUSIVE",
            "its labels are not one whole number, nor is one of several set");
      } else {
        found.add(
            new Labelled(sample, new SourceEntry.Member(item.relative(), images, i), split, label));
      }
    }
  }

  /** One whole number, or the place of the only one among zeros; -1 for anything else. */
  private static int label(float[] values, int from, int width) {
    if (width == 1) {
      int label = (int) values[from];
      return label == values[from] && label >= 0 ? label : -1;
    }
    int found = -1;
    for (int i = 0; i < width; i++) {
      float value = values[from + i];
      if (value == 1 && found < 0) {
        found = i;
      } else if (value != 0) {
        return -1;
      }
    }
    return found;
  }

  private void finish() {
    TreeSet<Integer> numbers = new TreeSet<>();
    found.forEach(one -> numbers.add(one.label()));
    List<Integer> sorted = List.copyOf(numbers);
    layout.classes = sorted.stream().map(String::valueOf).toList();
    for (Labelled one : found) {
      layout.addMember(one.item(), one.member(), sorted.indexOf(one.label()), one.split());
    }
  }
}
