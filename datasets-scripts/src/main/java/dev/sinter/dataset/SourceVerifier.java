package dev.sinter.dataset;

import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.SourceFile;
import dev.sinter.dataset.source.SourceFormats;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Opens a source and its mask and checks that they can be learnt from. Runs on executors. */
final class SourceVerifier {
  private static final int MOST_MASK_VALUES = 64;

  private SourceVerifier() {}

  static SourceFacts verify(
      int index, SourceEntry entry, SourceGeometry geometry, SourceReading reading) {
    try {
      return facts(index, entry, geometry, reading);
    } catch (SinterException e) {
      return reject(index, entry, e.code(), reading.scrubbed(entry, e.getMessage()));
    } catch (IOException e) { // its message names the file
      String kind = e.getClass().getSimpleName();
      return reject(index, entry, "SOURCE_UNREADABLE", "the file system failed: " + kind);
    } catch (RuntimeException e) { // one file must not end the run; its message may hold anything
      String kind = e.getClass().getSimpleName();
      return reject(index, entry, "IMAGE_UNREADABLE", "it cannot be decoded: " + kind);
    } catch (OutOfMemoryError e) {
      return reject(index, entry, "IMAGE_TOO_LARGE", "it does not fit into the task's memory");
    }
  }

  private static SourceFacts reject(int index, SourceEntry entry, String code, String message) {
    return SourceFacts.rejected(index, new Rejection(entry.relative(), code, message));
  }

  private static SourceFacts facts(
      int index, SourceEntry entry, SourceGeometry geometry, SourceReading reading)
      throws IOException {
    SourceReading.Opened opened = reading.open(entry);
    RawSource source = opened.source();
    float[] values = values(reading.shown(entry), source);
    boolean constant = Intensity.of(values).constant();
    HiddenFile mask = entry.maskPath().isEmpty() ? null : reading.mask(entry);
    SortedSet<Integer> maskValues = mask == null ? new TreeSet<>() : distinct(mask, source);
    List<byte[]> maskContents = mask == null ? List.of() : mask.contents();
    return new SourceFacts(
        index,
        null,
        shape(source, geometry),
        constant,
        opened.content(),
        mask == null ? Sha256.NONE : Sha256.of(maskContents.toArray(byte[][]::new)),
        maskContents.stream().mapToLong(bytes -> bytes.length).sum(),
        constant ? reading.alone(entry) : pixels(source),
        maskValues,
        reading.tags(entry, opened));
  }

  private static SourceShape shape(RawSource source, SourceGeometry geometry) {
    int[] extents = geometry.extents(source);
    requireAddressable(source, geometry, extents);
    if (source instanceof RawImage image) {
      return new SourceShape(
          false,
          extents[1],
          extents[2],
          1,
          image.channels(),
          image.pixelType(),
          image.geometry().spacing().length < 2
              ? List.of()
              : List.of(image.geometry().spacing(0), image.geometry().spacing(1)));
    }
    RawVolume volume = (RawVolume) source;
    int axis = geometry.sliceAxis();
    return new SourceShape(
        true,
        extents[1],
        extents[2],
        extents[0],
        volume.channels(),
        VolumeGrid.pixelType(volume),
        List.of(
            volume.spacing(axis == 2 ? 1 : 2),
            volume.spacing(axis == 0 ? 1 : 0),
            volume.spacing(axis)));
  }

  /**
   * All positions and channels as 32-bit floats must fit into one array, what lies between two
   * steps of resampling included: columns are first, then rows, then slices.
   */
  private static void requireAddressable(RawSource source, SourceGeometry geometry, int[] to) {
    int[] from = new SourceGeometry(geometry.sliceAxis(), Transforms.NONE).extents(source);
    int channels =
        source instanceof RawImage image ? image.channels() : ((RawVolume) source).channels();
    boolean fits =
        isAddressable(to[0], to[1], to[2], channels)
            && isAddressable(from[0], to[1], to[2], channels)
            && isAddressable(from[0], from[1], to[2], channels);
    if (!fits) {
      throw DatasetErrors.data(
          "IMAGE_TOO_LARGE",
          "with the transforms it is "
              + channels
              + " x "
              + String.join(" x ", Arrays.stream(to).mapToObj(Integer::toString).toList()),
          "Cut it into smaller ones, or give a coarser spacing; 2 GiB of 32-bit floats at most.");
    }
  }

  static boolean isAddressable(int... extents) {
    double bytes = 4; // far from where a double is not exact
    for (int extent : extents) {
      bytes *= extent;
    }
    return bytes <= Integer.MAX_VALUE - 16;
  }

  /**
   * Equal for the same stored values of the same shape, whatever the file format; a colour image
   * whose channels are equal is its gray one. {@link ShardIdentities} tells the same of samples.
   */
  private static Sha256 pixels(RawSource source) {
    if (source instanceof RawVolume volume) {
      return sha256(Arrays.toString(volume.dimensions()), volume.stored());
    }
    RawImage image = (RawImage) source;
    byte[] pixels = image.pixels();
    int plane = pixels.length / image.channels();
    boolean gray = isRepeated(pixels, plane);
    return sha256(
        (gray ? 1 : image.channels())
            + "x"
            + image.height()
            + "x"
            + image.width()
            + image.pixelType(),
        gray ? Arrays.copyOf(pixels, plane) : pixels);
  }

  private static Sha256 sha256(String shape, byte[] stored) {
    return Sha256.of(shape.getBytes(StandardCharsets.UTF_8), stored);
  }

  /** Whether some bytes are those at their beginning again and again. */
  private static boolean isRepeated(byte[] bytes, int period) {
    return Arrays.equals(bytes, period, bytes.length, bytes, 0, bytes.length - period);
  }

  private static SortedSet<Integer> distinct(SourceFile mask, RawSource source) throws IOException {
    SortedSet<Integer> values = new TreeSet<>();
    int latest = -1;
    for (int value : maskValues(mask, source)) {
      if (value != latest && values.add(value) && values.size() > MOST_MASK_VALUES) {
        throw DatasetErrors.data(
            "TOO_MANY_MASK_VALUES",
            mask.path() + ": more than " + MOST_MASK_VALUES + " values in the mask",
            "Save masks without loss (PNG, not JPEG), one value per class.");
      }
      latest = value;
    }
    return values;
  }

  static float[] values(String path, RawSource source) {
    if (source instanceof RawVolume volume && !volume.isThreeDimensional()) {
      throw DatasetErrors.data(
          "VOLUME_NOT_3D",
          path + ": dimensions " + Arrays.toString(volume.dimensions()),
          "Save each time point or component as a volume of its own.");
    }
    if (!source.type().isReal()) {
      throw DatasetErrors.data(
          "VALUES_NOT_REAL",
          path + ": its values are " + source.type().key(),
          "Save the magnitude or the phase as an image of its own.");
    }
    if (source instanceof RawImage image && image.channels() != 1 && image.channels() != 3) {
      throw DatasetErrors.data(
          "CHANNELS_UNSUPPORTED",
          path + ": it has " + image.channels() + " channels",
          "Images may have 1 or 3 channels.");
    }
    float[] values = source.values();
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
  static int[] maskValues(SourceFile file, RawSource source) throws IOException {
    String path = file.path();
    RawSource mask = SourceFormats.readMask(file);
    int[] expected = extents(source);
    int[] actual = extents(mask);
    if (!Arrays.equals(expected, actual)) {
      throw DatasetErrors.data(
          "MASK_SIZE_MISMATCH",
          path + ": the mask is " + text(actual) + ", its image " + text(expected),
          "Give each image a mask of its own size.");
    }
    if (!GeometryAgreement.agree(source, mask)) {
      throw DatasetErrors.data(
          "MASK_GEOMETRY_MISMATCH",
          path
              + ": the mask lies "
              + GeometryAgreement.text(mask)
              + ", its image "
              + GeometryAgreement.text(source),
          "Save the mask on the grid of its image: same origin, spacing and directions.");
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
