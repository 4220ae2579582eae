package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.Geometry;
import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.Scaling;
import dev.sinter.dataset.source.StoredValues;
import dev.sinter.dataset.source.VoxelType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A decoded file: its pixels as stored, and on demand what they mean.
 *
 * <p>{@link #stored} gives the words of the file, as other tools show them, indices of a palette
 * and luminance-first colours included. {@link #rescaledSource} gives what they mean: unused bits
 * cut off, signs extended, a palette applied, colours as red, green, blue, and a modality table
 * applied; slope and intercept stay apart in its {@link Scaling}. {@link #source} gives what is
 * trained on: the same, with MONOCHROME1 inverted.
 */
public final class DicomImage {
  private static final String FORMAT = "dicom";

  private final DicomFile file;
  private final DicomFacts facts;
  private final StoredPixels pixels;

  DicomImage(DicomFile file, DicomFacts facts, StoredPixels pixels) {
    this.file = file;
    this.facts = facts;
    this.pixels = pixels;
  }

  /** What the data set says. */
  public DicomFacts facts() {
    return facts;
  }

  /** Type of {@link #stored}. */
  public VoxelType type() {
    return pixels.type();
  }

  /** (frames, rows, columns, samples); frames and samples only where there is more than one. */
  public int[] shape() {
    List<Integer> shape = new ArrayList<>();
    if (facts.frames() > 1) {
      shape.add(facts.frames());
    }
    shape.add(facts.rows());
    shape.add(facts.columns());
    if (facts.samples() > 1) {
      shape.add(facts.samples());
    }
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Words of the file in C order of {@link #shape}, least significant byte first. */
  public byte[] stored() {
    return pixels.values().clone();
  }

  /** What the words are: the interpretation left after decompression. */
  public Photometric photometric() {
    return pixels.photometric();
  }

  /** Stored values as an image, or as a volume of several frames; slope and intercept apart. */
  public RawSource storedSource() {
    Modality modality = modality();
    return raw(
        pixels.type(),
        facts.samples(),
        pixels.values(),
        modality.isOneForAll() && modality.table().isEmpty() ? modality.scaling(0) : Scaling.NONE,
        file.notes());
  }

  /** What is trained on, as an image, or as a volume of several frames. */
  public RawSource source() {
    return source(facts.isInverted());
  }

  /** What the words mean, in the units of the modality: MONOCHROME1 is left as it is. */
  public RawSource rescaledSource() {
    return source(false);
  }

  private RawSource source(boolean inverted) {
    List<String> notes = new ArrayList<>(file.notes());
    if (file.data().text(Tags.IMAGE_TYPE).contains("MOSAIC")) {
      notes.add("a mosaic: its slices lie side by side in one picture");
    }
    PixelFormat format = pixels.format();
    byte[] values = StoredBits.values(format, pixels.values());
    if (pixels.photometric() == Photometric.PALETTE_COLOR) {
      Palette palette = Palette.of(file.data(), format.signed());
      return raw(palette.type(), 3, palette.colours(pixels.type(), values), Scaling.NONE, notes);
    }
    if (pixels.photometric().isLuminanceFirst()) {
      if (pixels.type() != VoxelType.UINT8 && pixels.type() != VoxelType.UINT16) {
        throw DicomErrors.unsupported(
            pixels.photometric().key() + " pixels of " + pixels.type().key() + " are not read",
            "Convert it to RGB: 'dcmdjpeg +cr FILE OUT'.");
      }
      int bits = Math.max(8, format.bitsStored());
      byte[] rgb = new Colour(pixels.photometric(), bits).rgb(values);
      return raw(pixels.type(), 3, rgb, Scaling.NONE, notes);
    }
    if (!pixels.photometric().isMonochrome() && pixels.photometric() != Photometric.RGB) {
      throw DicomErrors.unsupported(
          pixels.photometric().key() + " pixels are not read",
          "Convert it to RGB with the tool that wrote it.");
    }
    if (facts.isInverted()) {
      notes.add(
          inverted
              ? "MONOCHROME1: inverted, so that high values are bright"
              : "MONOCHROME1: low values are bright; they are inverted for training");
    }
    return rescaled(values, inverted, notes);
  }

  private RawSource rescaled(byte[] values, boolean inverted, List<String> notes) {
    Modality modality = modality();
    Optional<LookupTable> table = modality.table();
    if (table.isPresent() && !pixels.type().isFloating()) {
      notes.add("the Modality LUT is applied (PS3.3 C.11.1)");
      byte[] mapped = ModalityValues.of(table.get(), pixels.type(), values);
      return raw(
          VoxelType.UINT16,
          facts.samples(),
          inverted ? Inversion.of(table.get(), mapped) : mapped,
          Scaling.NONE,
          notes);
    }
    byte[] shown = inverted ? Inversion.of(pixels.format(), values) : values;
    if (modality.isOneForAll()) {
      return raw(pixels.type(), facts.samples(), shown, modality.scaling(0), notes);
    }
    notes.add("slope and intercept differ between frames and are applied");
    return raw(
        VoxelType.FLOAT32,
        facts.samples(),
        ModalityValues.of(modality, pixels.type(), shown, facts.frames()),
        Scaling.NONE,
        notes);
  }

  private Modality modality() {
    return Modality.of(file.data(), FunctionalGroups.of(file.data()), pixels.format());
  }

  private RawSource raw(
      VoxelType type, int channels, byte[] values, Scaling scaling, List<String> notes) {
    if (facts.frames() > 1) {
      int[] dimensions = {facts.columns(), facts.rows(), facts.frames()};
      Geometry geometry = FrameGeometry.ofVolume(facts);
      return new RawVolume(FORMAT, dimensions, channels, type, scaling, geometry, values, notes);
    }
    return new RawImage(
        FORMAT,
        channels,
        facts.rows(),
        facts.columns(),
        type,
        StoredValues.planes(values, channels, type.bytes()),
        scaling,
        FrameGeometry.ofImage(facts),
        notes);
  }
}
