package dev.sinter.dataset;

import dev.sinter.dataset.source.NiftiWriter;
import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawVolume;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes predicted masks at their source's size: PNG for an image, NIfTI with the source's geometry
 * for a volume. Pixels hold the mask values of the training masks. Runs on executors as well.
 */
public final class MaskWriter {
  private final Configuration configuration;
  private final Path folder;
  private final Path unfinished;
  private final List<Integer> maskValues;

  /**
   * A writer into a folder, for masks of a model of this dataset.
   *
   * @param unfinished folder of files that are being written, on the same file system
   */
  public MaskWriter(
      Configuration configuration, String folder, String unfinished, DatasetManifest manifest) {
    this.configuration = configuration;
    this.folder = FileListing.path(folder);
    this.unfinished = FileListing.path(unfinished);
    this.maskValues = manifest.maskValues();
  }

  /** Encodes masks of a model of this dataset, and writes none. */
  public MaskWriter(DatasetManifest manifest) {
    this(new Configuration(false), ".", ".", manifest);
  }

  /**
   * The file of a source's mask: PNG for an image, NIfTI for a volume.
   *
   * @param masks class index per pixel of each sample of the source, in their order
   */
  public byte[] encode(SourceCollection.Source source, List<byte[]> masks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      mask(source, masks).writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory can be written", e);
    }
    return out.toByteArray();
  }

  private Content mask(SourceCollection.Source source, List<byte[]> masks) {
    byte[] values = atSource(source, masks);
    for (int i = 0; i < values.length; i++) {
      values[i] = value(values[i]);
    }
    return out -> {
      if (source.raw() instanceof RawImage raw) {
        out.write(png(values, raw));
      } else {
        NiftiWriter.writeLabels(out, (RawVolume) source.raw(), values);
      }
    };
  }

  /**
   * Refuses sources whose masks would have one name, as {@code a.png} and {@code a.jpg}.
   *
   * @throws dev.sinter.error.SinterException {@code MASK_NAMES_COLLIDE}
   */
  public static void requireDistinctNames(SourceCollection sources) {
    // Of millions of names only hashes are kept, and the names of those that are equal.
    long[] hashes = sources.items().stream().mapToLong(item -> hash(stem(item))).sorted().toArray();
    Set<Long> repeated = new HashSet<>();
    for (int i = 1; i < hashes.length; i++) {
      if (hashes[i] == hashes[i - 1]) {
        repeated.add(hashes[i]);
      }
    }
    Map<String, String> byName = new HashMap<>();
    for (SourceItem item : repeated.isEmpty() ? List.<SourceItem>of() : sources.items()) {
      String stem = stem(item);
      String other = repeated.contains(hash(stem)) ? byName.put(stem, item.relative()) : null;
      if (other != null) {
        throw DatasetErrors.data(
            "MASK_NAMES_COLLIDE",
            "the masks of " + other + " and " + item.relative() + " would be one file",
            "Rename one of them, or put it into another folder.");
      }
    }
  }

  private static long hash(String name) {
    return Sha256.of(name.getBytes(StandardCharsets.UTF_8)).first();
  }

  private static String stem(SourceItem item) {
    int slash = item.relative().lastIndexOf('/') + 1;
    return item.relative().substring(0, slash) + SourceNames.stem(item.relative().substring(slash));
  }

  /**
   * Writes the mask of a source.
   *
   * @param masks class index per pixel of each sample of the source, in their order
   * @return the written file: the source's relative path, ending in {@code .png} or {@code .nii.gz}
   */
  public Path write(SourceCollection.Source source, List<byte[]> masks) {
    boolean image = source.raw() instanceof RawImage;
    return write(stem(source.item()) + (image ? ".png" : ".nii.gz"), mask(source, masks));
  }

  /**
   * Writes the probabilities of a source beside its mask, at the nearest positions; 0 where the
   * network saw nothing: {@code .probabilities.npy} of an image, (classes, rows, columns), or
   * {@code .probabilities.nii.gz} of a volume, with the classes as fourth axis; float32.
   *
   * @param probabilities (classes, depth, height, width) of each sample, in their order
   * @param classes how many there are
   */
  public Path writeProbabilities(
      SourceCollection.Source source, List<float[]> probabilities, int classes) {
    boolean image = source.raw() instanceof RawImage;
    byte[][] planes = new byte[classes][];
    for (int c = 0; c < classes; c++) {
      planes[c] = floatsAtSource(source, probabilities, c, classes);
    }
    return write(
        stem(source.item()) + ".probabilities" + (image ? ".npy" : ".nii.gz"),
        out -> {
          if (source.raw() instanceof RawImage raw) {
            NpyWriter.writeFloats(out, List.of(classes, raw.height(), raw.width()), planes);
          } else {
            NiftiWriter.writeFloats(out, (RawVolume) source.raw(), planes);
          }
        });
  }

  /** Each of a float's four bytes goes the way of a mask. Little-endian. */
  private byte[] floatsAtSource(
      SourceCollection.Source source, List<float[]> probabilities, int ofClass, int classes) {
    byte[] floats = new byte[0];
    for (int part = 0; part < Float.BYTES; part++) {
      int shift = 8 * part;
      List<byte[]> bytes =
          probabilities.stream()
              .map(
                  values -> {
                    int positions = values.length / classes;
                    byte[] some = new byte[positions];
                    for (int i = 0; i < positions; i++) {
                      int bits = Float.floatToRawIntBits(values[ofClass * positions + i]);
                      some[i] = (byte) (bits >> shift);
                    }
                    return some;
                  })
              .toList();
      byte[] there = atSource(source, bytes);
      floats =
          floats.length == 0 ? new byte[Math.multiplyExact(there.length, Float.BYTES)] : floats;
      for (int i = 0; i < there.length; i++) {
        floats[i * Float.BYTES + part] = there[i];
      }
    }
    return floats;
  }

  /** What fills a file. */
  @FunctionalInterface
  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private Path write(String relative, Content content) {
    Path path = new Path(folder, relative);
    Path temporary = new Path(unfinished, "." + UUID.randomUUID() + ".tmp");
    FileSystem files = null;
    try {
      files = path.getFileSystem(configuration);
      try (OutputStream out = files.create(temporary, false)) {
        content.writeTo(out);
      }
      files.mkdirs(path.getParent());
      files.delete(path, false);
      if (!files.rename(temporary, path)) {
        throw new IOException("cannot rename " + temporary + " to " + path);
      }
      return path;
    } catch (IOException e) {
      deleteQuietly(files, temporary);
      throw DatasetErrors.storage(path, e);
    }
  }

  private static void deleteQuietly(FileSystem files, Path path) {
    try {
      if (files != null) {
        files.delete(path, false);
      }
    } catch (IOException ignored) {
      // The failure that led here is the one to report.
    }
  }

  /** Values of samples at the positions of their source, as it stores them. */
  private static byte[] atSource(SourceCollection.Source source, List<byte[]> masks) {
    return source.raw() instanceof RawImage image
        ? ofImage(image, masks.get(0), source.preparation())
        : ofVolume((RawVolume) source.raw(), masks, source.preparation());
  }

  private static byte[] ofImage(RawImage raw, byte[] mask, Preparation preparation) {
    SampleFitter fitter = new SampleFitter(preparation);
    if (!preparation.transforms().isGeometric()) {
      return fitter.unfit(mask, raw.height(), raw.width());
    }
    VolumeGeometry geometry = VolumeGeometry.of(raw, preparation.transforms()).ofPlane();
    return geometry.back(fitter.unfit(mask, geometry.rows().to(), geometry.columns().to()));
  }

  private static byte[] png(byte[] values, RawImage raw) throws IOException {
    BufferedImage image =
        new BufferedImage(raw.width(), raw.height(), BufferedImage.TYPE_BYTE_GRAY);
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = values[i];
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  /** Values beyond 8 bit cannot be shown in these files; then the class index is written. */
  private byte value(byte classIndex) {
    boolean fits = maskValues.stream().allMatch(value -> value < 256);
    int index = classIndex & 0xff;
    return fits && index < maskValues.size() ? maskValues.get(index).byteValue() : classIndex;
  }

  private static byte[] ofVolume(RawVolume raw, List<byte[]> masks, Preparation preparation) {
    VolumeGrid grid = VolumeGrid.of(raw, preparation.sliceAxis());
    VolumeGeometry geometry = VolumeGeometry.of(raw, grid, preparation);
    byte[] classes =
        switch (preparation.sample()) {
          case VOLUME, PATCH -> {
            VolumeGeometry fit = VolumeGeometry.identity(geometry.extents()).fitted(preparation);
            yield fit.back(
                preparation.sample() == SampleKind.PATCH
                    ? assembled(PatchGrid.of(fit.extents(), preparation), masks)
                    : masks.get(0));
          }
          case IMAGE, SLICE, SEQUENCE, ROW -> stacked(geometry.extents(), masks, preparation);
        };
    return VolumeGrid.stored(geometry.back(classes), raw, preparation.sliceAxis());
  }

  private static byte[] stacked(int[] extents, List<byte[]> masks, Preparation preparation) {
    SampleFitter fitter = new SampleFitter(preparation);
    int area = extents[1] * extents[2];
    byte[] classes = new byte[extents[0] * area];
    for (int slice = 0; slice < masks.size(); slice++) {
      byte[] plane = fitter.unfit(masks.get(slice), extents[1], extents[2]);
      System.arraycopy(plane, 0, classes, slice * area, area);
    }
    return classes;
  }

  /** Each voxel from the patch that owns it. */
  private static byte[] assembled(PatchGrid patches, List<byte[]> masks) {
    List<Integer> extents = patches.extents();
    List<Integer> size = patches.size();
    byte[] classes = new byte[extents.get(0) * extents.get(1) * extents.get(2)];
    List<List<Integer>> origins = patches.origins();
    for (int patch = 0; patch < origins.size(); patch++) {
      List<Integer> origin = origins.get(patch);
      int[] z = patches.owned(0, origin.get(0));
      int[] y = patches.owned(1, origin.get(1));
      int[] x = patches.owned(2, origin.get(2));
      for (int slice = z[0]; slice < z[1]; slice++) {
        for (int row = y[0]; row < y[1]; row++) {
          int from = ((slice - origin.get(0)) * size.get(1) + row - origin.get(1)) * size.get(2);
          int to = (slice * extents.get(1) + row) * extents.get(2);
          System.arraycopy(
              masks.get(patch), from + x[0] - origin.get(2), classes, to + x[0], x[1] - x[0]);
        }
      }
    }
    return classes;
  }
}
