package dev.sinter.dataset;

import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import java.io.Serializable;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Makes the samples of one source, of the dataset's kind. */
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
   * The samples of a source, in order of slices or patches.
   *
   * @param classes class index per pixel of the source (x fastest for a volume); empty without mask
   */
  List<Sample> samples(Identity identity, RawSource source, byte[] classes) {
    return List.copyOf(samplesOnDemand(identity, source, classes));
  }

  /**
   * The same as a list that makes a slice each time that it is asked for it, so that those of a
   * volume are not in memory together.
   */
  List<Sample> samplesOnDemand(Identity identity, RawSource source, byte[] classes) {
    if (source instanceof RawImage image) {
      return List.of(ofImage(identity, image, classes));
    }
    RawVolume volume = (RawVolume) source;
    requireChannels(volume);
    int axis = preparation.sliceAxis();
    List<VolumeGrid> channels = VolumeGrid.channels(volume, axis);
    VolumeGeometry geometry = VolumeGeometry.of(volume, channels.get(0), preparation);
    byte[] mask =
        classes.length == 0 ? classes : geometry.nearest(VolumeGrid.ordered(classes, volume, axis));
    Whole whole =
        new Whole(
            identity,
            volume.format(),
            VolumeGrid.pixelType(volume),
            channels.stream().map(channel -> changed(channel, geometry)).toList(),
            mask,
            geometry.spacing(VolumeGeometry.spacing(volume, axis)));
    return preparation.sample() == SampleKind.SLICE ? slices(whole) : blocks(whole);
  }

  private void requireChannels(RawVolume volume) {
    int perSlice = preparation.sample() == SampleKind.SLICE ? preparation.slicesPerSample() : 1;
    if (volume.channels() * perSlice != preparation.channels()) {
      throw DatasetErrors.data(
          "CHANNELS_DIFFER",
          "a volume has "
              + volume.channels()
              + " channels, others have "
              + preparation.channels() / perSlice,
          "Give volumes of equally many channels.");
    }
  }

  /** Resampled and clipped; one of several channels is normalised, if each source is to be. */
  private Channel changed(VolumeGrid channel, VolumeGeometry geometry) {
    VolumeGrid moved = geometry.resampled(channel, channel.least());
    float[] values = preparation.transforms().clip(moved.values());
    Intensity intensity = Intensity.of(values);
    if (preparation.normalisesChannels()) {
      float[] normalised = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        normalised[i] = (values[i] - intensity.mean()) / intensity.std();
      }
      float least = (intensity.min() - intensity.mean()) / intensity.std();
      values = normalised;
      intensity = new Intensity(0, 1, least, intensity.constant());
    }
    return new Channel(
        new VolumeGrid(values, moved.depth(), moved.height(), moved.width()), intensity);
  }

  /** One channel of a volume after the transforms, before the fit. */
  private record Channel(VolumeGrid grid, Intensity intensity) {}

  /** A volume after the transforms, before the fit. */
  private record Whole(
      Identity identity,
      String format,
      PixelType type,
      List<Channel> channels,
      byte[] mask,
      List<Float> spacing) {
    VolumeGrid grid() {
      return channels.get(0).grid();
    }

    /** What the network's input is normalised by, unless the dataset's own is. */
    Intensity intensity() {
      return channels.get(0).intensity();
    }
  }

  private Sample ofImage(Identity identity, RawImage image, byte[] classes) {
    RawImage changed = image;
    byte[] mask = classes;
    Transforms transforms = preparation.transforms();
    if (!transforms.equals(Transforms.NONE)) {
      VolumeGeometry geometry = VolumeGeometry.of(image, transforms);
      VolumeGrid moved = geometry.resampled(VolumeGrid.of(image), 0);
      mask = classes.length == 0 ? classes : geometry.ofPlane().nearest(classes);
      changed =
          new RawImage(
              image.format(),
              image.channels(),
              moved.height(),
              moved.width(),
              image.pixelType(),
              RawImage.encode(image.pixelType(), transforms.clip(moved.values())));
    }
    Intensity intensity = Intensity.of(changed.values());
    byte[] fitted =
        mask.length == 0 ? mask : fitter.fitMask(mask, changed.height(), changed.width());
    return sample(identity, identity.id(), fitted, fitter.fit(changed), intensity, List.of(), 0);
  }

  private List<Sample> slices(Whole whole) {
    VolumeGrid grid = whole.grid();
    List<Float> spacing = fitter.fitSpacing(whole.spacing(), grid.height(), grid.width());
    float[] margins = new float[whole.channels().size()];
    for (int channel = 0; channel < margins.length; channel++) {
      margins[channel] = whole.channels().get(channel).intensity().min();
    }
    return new AbstractList<>() {
      @Override
      public Sample get(int slice) {
        return slice(whole, slice, margins, spacing);
      }

      @Override
      public int size() {
        return grid.depth();
      }
    };
  }

  private Sample slice(Whole whole, int slice, float[] margins, List<Float> spacing) {
    VolumeGrid grid = whole.grid();
    byte[] mask = whole.mask();
    if (mask.length > 0) {
      int area = grid.height() * grid.width();
      byte[] plane = Arrays.copyOfRange(mask, slice * area, (slice + 1) * area);
      mask = fitter.fitMask(plane, grid.height(), grid.width());
    }
    return sample(
        whole.identity(),
        sliceId(whole.identity().id(), slice),
        mask,
        fitter.fitSlice(withNeighbours(whole, slice), margins),
        whole.intensity(),
        spacing,
        slice);
  }

  /** From the slice before to the one behind, all channels of each; ends are repeated. */
  private RawImage withNeighbours(Whole whole, int slice) {
    VolumeGrid grid = whole.grid();
    int area = grid.height() * grid.width();
    int channels = whole.channels().size();
    int slices = preparation.slicesPerSample();
    float[] values = new float[slices * channels * area];
    for (int number = 0; number < slices; number++) {
      int at = Math.max(0, Math.min(grid.depth() - 1, slice + number - slices / 2));
      for (int channel = 0; channel < channels; channel++) {
        System.arraycopy(
            whole.channels().get(channel).grid().values(),
            at * area,
            values,
            (number * channels + channel) * area,
            area);
      }
    }
    return new RawImage(
        whole.format(),
        slices * channels,
        grid.height(),
        grid.width(),
        whole.type(),
        RawImage.encode(whole.type(), values));
  }

  /** The whole as one sample, or its patches. */
  private List<Sample> blocks(Whole whole) {
    VolumeGeometry fit = VolumeGeometry.identity(whole.grid().extents()).fitted(preparation);
    List<VolumeGrid> fitted =
        whole.channels().stream()
            .map(channel -> fit.resampled(channel.grid(), channel.intensity().min()))
            .toList();
    byte[] mask = whole.mask().length == 0 ? whole.mask() : fit.nearest(whole.mask());
    Fitted block = new Fitted(whole, fitted, mask, fit.spacing(whole.spacing()));
    if (preparation.sample() != SampleKind.PATCH) {
      return List.of(block(block, whole.identity().id(), 0, List.of(0, 0, 0), List.of()));
    }
    VolumeGrid first = fitted.get(0);
    List<Integer> extents = List.of(first.depth(), first.height(), first.width());
    List<Sample> patches = new ArrayList<>();
    for (List<Integer> origin : PatchGrid.of(first.extents(), preparation).origins()) {
      int number = patches.size();
      patches.add(block(block, sliceId(whole.identity().id(), number), number, origin, extents));
    }
    return patches;
  }

  /** A volume after the fit. */
  private record Fitted(Whole whole, List<VolumeGrid> channels, byte[] mask, List<Float> spacing) {}

  private float[] cut(List<VolumeGrid> channels, List<Integer> origin) {
    int positions = Math.toIntExact(preparation.positions());
    float[] patch = new float[Math.multiplyExact(channels.size(), positions)];
    for (int channel = 0; channel < channels.size(); channel++) {
      VolumeGrid grid = channels.get(channel);
      int offset = channel * positions;
      forEachLine(
          grid,
          origin,
          (from, to) ->
              System.arraycopy(grid.values(), from, patch, offset + to, preparation.width()));
    }
    return patch;
  }

  private byte[] cut(byte[] mask, VolumeGrid grid, List<Integer> origin) {
    byte[] patch = new byte[Math.toIntExact(preparation.positions())];
    forEachLine(
        grid, origin, (from, to) -> System.arraycopy(mask, from, patch, to, preparation.width()));
    return patch;
  }

  private interface Line {
    void copy(int from, int to);
  }

  private void forEachLine(VolumeGrid grid, List<Integer> origin, Line line) {
    int to = 0;
    for (int z = 0; z < preparation.depth(); z++) {
      for (int y = 0; y < preparation.height(); y++) {
        int row = (origin.get(0) + z) * grid.height() + origin.get(1) + y;
        line.copy(row * grid.width() + origin.get(2), to);
        to += preparation.width();
      }
    }
  }

  private Sample block(
      Fitted fitted, String id, int number, List<Integer> origin, List<Integer> extents) {
    Whole whole = fitted.whole();
    Identity identity = whole.identity();
    VolumeGrid first = fitted.channels().get(0);
    return new Sample(
        id,
        identity.patient(),
        identity.split(),
        identity.label(),
        fitted.mask().length == 0 ? fitted.mask() : cut(fitted.mask(), first, origin),
        RawImage.encode(whole.type(), cut(fitted.channels(), origin)),
        whole.type(),
        fitted.channels().size(),
        preparation.height(),
        preparation.width(),
        whole.intensity().mean(),
        whole.intensity().std(),
        fitted.spacing(),
        identity.id(),
        number,
        identity.source(),
        preparation.depth(),
        extents.isEmpty() ? List.of() : origin,
        extents);
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
