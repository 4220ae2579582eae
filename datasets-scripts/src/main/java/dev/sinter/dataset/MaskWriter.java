package dev.sinter.dataset;

import dev.sinter.dataset.source.NiftiWriter;
import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawVolume;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
    if (masks.size() != source.samples().size()) {
      throw new IllegalArgumentException(
          masks.size() + " masks for " + source.samples().size() + " samples");
    }
    boolean image = source.raw() instanceof RawImage;
    Path path = new Path(folder, stem(source.item()) + (image ? ".png" : ".nii.gz"));
    Path temporary = new Path(path.getParent(), "." + UUID.randomUUID() + ".tmp");
    FileSystem files = null;
    try {
      files = path.getFileSystem(configuration);
      try (OutputStream out = files.create(temporary, false)) {
        if (source.raw() instanceof RawImage raw) {
          out.write(png(fitter.unfit(masks.get(0), raw.height(), raw.width()), raw));
        } else if (source.raw() instanceof RawVolume raw) {
          NiftiWriter.writeLabels(out, raw.header(), labels(raw, masks));
        }
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
    VolumeSlices slices = new VolumeSlices(raw, preparation.sliceAxis());
    byte[] labels = new byte[slices.values().length];
    for (int slice = 0; slice < masks.size(); slice++) {
      byte[] plane = fitter.unfit(masks.get(slice), slices.height(), slices.width());
      for (int y = 0; y < slices.height(); y++) {
        for (int x = 0; x < slices.width(); x++) {
          labels[slices.index(slice, y, x)] = value(plane[y * slices.width() + x]);
        }
      }
    }
    return labels;
  }
}
