package dev.sinter.dataset;

import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.SourceFormats;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Opens a source and its mask and checks that they can be learnt from. Runs on executors. */
final class SourceVerifier {
  private static final int MOST_MASK_VALUES = 64;

  private SourceVerifier() {}

  static byte[] content(String path, Configuration configuration) throws IOException {
    Path file = new Path(path);
    try (FSDataInputStream in = file.getFileSystem(configuration).open(file)) {
      return in.readAllBytes();
    }
  }

  static SourceFacts verify(
      int index, SourceEntry entry, int sliceAxis, Configuration configuration) {
    try {
      return facts(index, entry, sliceAxis, configuration);
    } catch (SinterException e) {
      return reject(index, entry, e.code(), e.getMessage());
    } catch (IOException e) {
      return reject(index, entry, "SOURCE_UNREADABLE", String.valueOf(e.getMessage()));
    } catch (OutOfMemoryError e) {
      return reject(index, entry, "IMAGE_TOO_LARGE", "it does not fit into the task's memory");
    }
  }

  private static SourceFacts reject(int index, SourceEntry entry, String code, String message) {
    return SourceFacts.rejected(index, new Rejection(entry.relative(), code, message));
  }

  private static SourceFacts facts(
      int index, SourceEntry entry, int axis, Configuration configuration) throws IOException {
    byte[] content = content(entry.path(), configuration);
    RawSource source = SourceFormats.read(entry.path(), content);
    float[] values = values(entry.path(), source);
    byte[] mask = entry.maskPath().isEmpty() ? null : content(entry.maskPath(), configuration);
    SortedSet<Integer> maskValues = new TreeSet<>();
    if (mask != null) {
      for (int value : maskValues(entry.maskPath(), mask, source)) {
        maskValues.add(value);
        if (maskValues.size() > MOST_MASK_VALUES) {
          throw DatasetErrors.data(
              "TOO_MANY_MASK_VALUES",
              entry.maskPath() + ": more than " + MOST_MASK_VALUES + " values in the mask",
              "Save masks without loss (PNG, not JPEG), one value per class.");
        }
      }
    }
    boolean volume = source instanceof RawVolume;
    String shape =
        source instanceof RawImage i
            ? i.channels() + "x" + i.height() + "x" + i.width() + i.pixelType()
            : Arrays.toString(((RawVolume) source).header().dimensions());
    RawImage image = source instanceof RawImage i ? i : null;
    RawVolume cut = source instanceof RawVolume v ? v : null;
    return new SourceFacts(
        index,
        null,
        volume,
        volume ? VolumeSlices.height(cut, axis) : image.height(),
        volume ? VolumeSlices.width(cut, axis) : image.width(),
        volume ? cut.extent(axis) : 1,
        volume ? 1 : image.channels(),
        volume ? VolumeSlices.pixelType(cut) : image.pixelType(),
        Intensity.of(values).constant(),
        SourceNames.hex(content),
        mask == null ? "" : SourceNames.hex(mask),
        mask == null ? 0 : mask.length,
        SourceNames.hex(
            shape.getBytes(StandardCharsets.UTF_8), volume ? cut.stored() : image.pixels()),
        maskValues);
  }

  static float[] values(String path, RawSource source) {
    if (source instanceof RawVolume volume && !volume.isThreeDimensional()) {
      throw DatasetErrors.data(
          "VOLUME_NOT_3D",
          path + ": dimensions " + Arrays.toString(volume.header().dimensions()),
          "Save each time point or component as a volume of its own.");
    }
    float[] values =
        source instanceof RawImage image ? image.values() : ((RawVolume) source).values();
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw DatasetErrors.data(
            "NON_FINITE_VALUES",
            path + ": it holds " + value,
            "Replace NaN and infinite values, for example by 0.");
      }
    }
    return values;
  }

  /** Value of each pixel of the mask, as integers, after a check that it fits to its source. */
  static int[] maskValues(String path, byte[] content, RawSource source) {
    RawSource mask = SourceFormats.readMask(path, content);
    int[] expected = extents(source);
    int[] actual = extents(mask);
    if (!Arrays.equals(expected, actual)) {
      throw DatasetErrors.data(
          "MASK_SIZE_MISMATCH",
          path + ": the mask is " + text(actual) + ", its image " + text(expected),
          "Give each image a mask of its own size.");
    }
    float[] values;
    int size;
    if (mask instanceof RawImage image) {
      values = image.values();
      size = image.height() * image.width();
      for (int i = size; i < values.length; i++) {
        if (values[i] != values[i % size]) {
          throw DatasetErrors.data(
              "MASK_NOT_GRAY",
              path + ": the mask has colours",
              "Save masks as gray or palette images, one value per class.");
        }
      }
    } else {
      values = ((RawVolume) mask).values();
      size = values.length;
    }
    int[] integers = new int[size];
    for (int i = 0; i < size; i++) {
      integers[i] = (int) values[i];
      if (integers[i] != values[i] || integers[i] < 0) {
        throw DatasetErrors.data(
            "MASK_NOT_INTEGER",
            path + ": the mask holds " + values[i],
            "Masks hold whole numbers from 0.");
      }
    }
    return integers;
  }

  private static int[] extents(RawSource source) {
    return source instanceof RawImage image
        ? new int[] {image.width(), image.height()}
        : new int[] {
          ((RawVolume) source).extent(0),
          ((RawVolume) source).extent(1),
          ((RawVolume) source).extent(2)
        };
  }

  private static String text(int[] extents) {
    return String.join(" x ", Arrays.stream(extents).mapToObj(Integer::toString).toList());
  }
}
