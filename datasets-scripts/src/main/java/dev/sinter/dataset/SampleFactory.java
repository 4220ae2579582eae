package dev.sinter.dataset;

import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Makes the samples of one source: one for an image, one per slice for a volume. */
final class SampleFactory implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Preparation preparation;
  private final SampleFitter fitter;

  SampleFactory(Preparation preparation) {
    this.preparation = preparation;
    this.fitter = new SampleFitter(preparation);
  }

  /** Who a sample is, all hashed. */
  record Identity(String id, String patient, String split, String source, int label)
      implements Serializable {}

  static String sliceId(String volumeId, int slice) {
    return String.format(Locale.ROOT, "%s-%04d", volumeId, slice);
  }

  /**
   * The samples of a source, in order of slices.
   *
   * @param classes class index per pixel of the source (x fastest for a volume); empty without mask
   */
  List<Sample> samples(Identity identity, RawSource source, byte[] classes) {
    if (source instanceof RawImage image) {
      byte[] mask =
          classes.length == 0 ? classes : fitter.fitMask(classes, image.height(), image.width());
      Intensity intensity = Intensity.of(image.values());
      return List.of(
          sample(identity, identity.id(), mask, fitter.fit(image), intensity, List.of(), 0));
    }
    VolumeSlices slices = new VolumeSlices((RawVolume) source, preparation.sliceAxis());
    Intensity intensity = Intensity.of(slices.values());
    List<Sample> samples = new ArrayList<>();
    for (int slice = 0; slice < slices.count(); slice++) {
      byte[] mask =
          classes.length == 0
              ? classes
              : fitter.fitMask(sliceOf(classes, slices, slice), slices.height(), slices.width());
      RawImage fitted = fitter.fitSlice(slices.slice(slice), intensity.min());
      samples.add(
          sample(
              identity,
              sliceId(identity.id(), slice),
              mask,
              fitted,
              intensity,
              fitter.fitSpacing(slices.spacing(), slices.height(), slices.width()),
              slice));
    }
    return samples;
  }

  private static byte[] sliceOf(byte[] classes, VolumeSlices slices, int slice) {
    byte[] plane = new byte[slices.height() * slices.width()];
    for (int y = 0; y < slices.height(); y++) {
      for (int x = 0; x < slices.width(); x++) {
        plane[y * slices.width() + x] = classes[slices.index(slice, y, x)];
      }
    }
    return plane;
  }

  private static Sample sample(
      Identity identity,
      String id,
      byte[] mask,
      RawImage image,
      Intensity intensity,
      List<Float> spacing,
      int slice) {
    return new Sample(
        id,
        identity.patient(),
        identity.split(),
        identity.label(),
        mask,
        image.pixels(),
        image.pixelType(),
        image.channels(),
        image.height(),
        image.width(),
        intensity.mean(),
        intensity.std(),
        spacing,
        identity.id(),
        slice,
        identity.source());
  }
}
