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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private final Preparation preparation;
  private final SampleFitter fitter;
  private final List<Integer> maskValues;

  /** A writer into a folder, for masks of a model of this dataset. */
  public MaskWriter(Configuration configuration, String folder, DatasetManifest manifest) {
    this.configuration = configuration;
    this.folder = FileListing.path(folder);
    this.preparation = manifest.preparation();
    this.fitter = new SampleFitter(preparation);
    this.maskValues = manifest.maskValues();
  }

  /** Encodes masks of a model of this dataset, and writes none. */
  public MaskWriter(DatasetManifest manifest) {
    this(new Configuration(false), ".", manifest);
  }

  /**
   * The file of a source's mask: PNG for an image, NIfTI for a volume.
   *
   * @param masks class index per pixel of each sample of the source, in their order
   */
  public byte[] encode(SourceCollection.Source source, List<byte[]> masks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      encode(source, masks, out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory can be written", e);
    }
    return out.toByteArray();
  }

  private void encode(SourceCollection.Source source, List<byte[]> masks, OutputStream out)
      throws IOException {
    if (masks.size() != source.samples().size()) {
      throw new IllegalArgumentException(
          masks.size() + " masks for " + source.samples().size() + " samples");
    }
    if (source.raw() instanceof RawImage raw) {
      out.write(png(ofImage(raw, masks.get(0)), raw));
    } else if (source.raw() instanceof RawVolume raw) {
      NiftiWriter.writeLabels(out, raw, labels(raw, masks));
    }
  }

  /**
   * Refuses sources whose masks would have one name, as {@code a.png} and {@code a.jpg}.
   *
   * @throws dev.sinter.error.SinterException {@code MASK_NAMES_COLLIDE}
   */
  public static void requireDistinctNames(SourceCollection sources) {
    Map<String, String> byName = new HashMap<>();
    for (SourceCollection.Item item : sources.items()) {
      String other = byName.put(stem(item), item.relative());
      if (other != null) {
        throw DatasetErrors.data(
            "MASK_NAMES_COLLIDE",
            "the masks of " + other + " and " + item.relative() + " would be one file",
            "Rename one of them, or put it into another folder.");
      }
    }
  }

  private static String stem(SourceCollection.Item item) {
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
    Path path = new Path(folder, stem(source.item()) + (image ? ".png" : ".nii.gz"));
    Path temporary = new Path(path.getParent(), "." + UUID.randomUUID() + ".tmp");
    FileSystem files = null;
    try {
      files = path.getFileSystem(configuration);
      try (OutputStream out = files.create(temporary, false)) {
        encode(source, masks, out);
      }
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

  private byte[] ofImage(RawImage raw, byte[] mask) {
    if (!preparation.transforms().isGeometric()) {
      return fitter.unfit(mask, raw.height(), raw.width());
    }
    VolumeGeometry geometry = VolumeGeometry.of(raw, preparation.transforms()).ofPlane();
    return geometry.back(fitter.unfit(mask, geometry.rows().to(), geometry.columns().to()));
  }

  private byte[] png(byte[] classes, RawImage raw) throws IOException {
    BufferedImage image =
        new BufferedImage(raw.width(), raw.height(), BufferedImage.TYPE_BYTE_GRAY);
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = value(classes[i]);
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

  private byte[] labels(RawVolume raw, List<byte[]> masks) {
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
          case IMAGE, SLICE, SEQUENCE, ROW -> stacked(geometry.extents(), masks);
        };
    byte[] labels = geometry.back(classes);
    for (int i = 0; i < labels.length; i++) {
      labels[i] = value(labels[i]);
    }
    return VolumeGrid.stored(labels, raw, preparation.sliceAxis());
  }

  private byte[] stacked(int[] extents, List<byte[]> masks) {
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
