package dev.sinter.dataset.source.dicom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Small whole files of every kind. The compressed frames, of pictures that are computed here, were
 * encoded with DCMTK 3.6.7 (JPEG lossless, JPEG-LS) and GDCM 3.0.21 (JPEG 2000).
 */
public final class DicomSeeds {
  static final int ROWS = 12;
  static final int COLUMNS = 10;

  private static final String GRAY_JPEG =
      "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALEAAMAAoBAREA/8QAGwABAAMBAQEBAAAAAAAAAAAACQcICgYM"
          + "BBD/2gAIAQEAAQAA/dLN9uUDU1l3h0V6dfr6icreIMqDNPJou08dD1c62/QlU2defRjp77frp4uEhirN"
          + "A9WjTT9JvYz3cVD1ZaN7dG+oGY+0n65CJK40z4aOtQk89vYG5aKq+1L56PdQ9j+6sJc5GFiax9tIGoq0"
          + "ve2Huijayte/OkPUbbuQLFXUR5aGyfzSN4o+6Mh2NuukK1tq/wDpJ8UleeRrIXaSRbm40BaTPFK////Z";

  private static final String GRAY_JPEG_LS =
      "/9j/9wALEAAMAAoBAREA//gADQH//wASAEMBFABA/9oACAEBAAAAAKJM3a44F0vyl3ZJpb8FoOQihNC6"
          + "GkOI8kCJkQokROilFisVywWSO0botTtPVBSMkhSlMSkkxGKU0qpZVhtNxvJnTGjNZ1pTc6nY7ngvieE1"
          + "Xt+sG/H8QBBMixqbv5lSLI0jyRJNpmiXJANUThPFAURSN2267IJvytK8sSzLUAAJf5i9IR0S+MAwjEXR"
          + "gK3V2QjpmgaRqGsv3AP/2Q==";

  private static final String GRAY_JPEG_2000 =
      "/0//UQApAAAAAAAKAAAADAAAAAAAAAAAAAAACgAAAAwAAAAAAAAAAAABDwEB/1IADAAAAAEAAgQEAAH/"
          + "XAAKQICIiJCIiJD/ZAAqAAFDcmVhdGVkIGJ5IEdEQ00vT3BlbkpQRUcgdmVyc2lvbiAyLjUuMP+QAAoA"
          + "AAAAAIoAAf+T3/iQmAaV2OzpptHAofr23XHDXVcRtlvAD8AiAfsGwB+wIAjiyHwLIsV9E0wQ6ucMdxLM"
          + "LWvMjxQUKcnA/wGoB+wvAf4BQFwF7RmoryOvzrJQrDXkdwN/ggSzqx8yFWx7VuVxdz5cyrBdl4EFEUmy"
          + "Xn2TLRYP/39W+wxaP//ZAA==";

  private static final String COLOUR_JPEG =
      "/9j/wwARCAAMAAoDABEAAREAAhEA/8QAGQABAQEBAQEAAAAAAAAAAAAABQAEAwII/9oADAMAAAEAAgAB"
          + "AAD5/wDn/wCf1KUpSlKUpSlKUpSpGUvSl6UvSl6UvSl6UvSl6UvUjKXRS6KXRS6KXRS6KXRS6KXSRlLs"
          + "pdlLspdlLspdlLspdlLtIyloUtCloUtCloUtCloUtClokZS1KWpS1KWpS1KWpS1KWpS1SMpbFLYpbFLY"
          + "pbFLYpbFLYpbJGUtyluUtyluUtyluUtyluUt0jKSCkgpIKSCkgpIKSCkgpISMpJKSSkkpJKSSkkpJKSS"
          + "klIykopKKSikopKKSikopKKSkjKSykspLKSykspLKSykspLf/9k=";

  private static final String COLOUR_JPEG_LS =
      "/9j/9wARCAAMAAoDAREAAhEAAxEA/9oADAMBAAIAAwAAAQCAHAHAHKkyL7rf/3kr8CMpRESSM/7/f9/w"
          + "BpKqqIQjEZMS/0QqqqiEEUIpHCf+9X+zIUjuR3/uf+EgjgQoh3P/Mf9FkKY5iuf+p/4pnYhiuf9Q/2Op"
          + "q5DOf/7/Y6JGIV7/fP9jok1yuf91/0ZEmuVo///Z";

  private static final String COLOUR_JPEG_2000 =
      "/0//UQAvAAAAAAAKAAAADAAAAAAAAAAAAAAACgAAAAwAAAAAAAAAAAADBwEBBwEBBwEB/1IADAAAAAEA"
          + "AgQEAAH/XAAKQEBISFBISFD/ZAAqAAFDcmVhdGVkIGJ5IEdEQ00vT3BlbkpQRUcgdmVyc2lvbiAyLjUu"
          + "MP+QAAoAAAAAAHQAAf+T34A4CVthQf2cZd+ASAeYySxLdvHWZd+AWAg3E1fv3XUb4mcfwDoQEDGh9QIA"
          + "DLzZLcA6FD6gQBR9GiSJrcHzhQAnPdMx06D5wgAxJYTnwfOIg+cLAHQgVF1xen8JCd9aMnvDP1q//9kA";

  private DicomSeeds() {}

  /** A file and the stored words that it holds. */
  record Seed(String name, byte[] file, byte[] stored) {}

  /** By a name that begins with the format's. */
  public static Map<String, byte[]> all() {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    for (Seed seed : seeds()) {
      seeds.put("dicom-" + seed.name(), seed.file());
    }
    seeds.put("dicom-palette", palette());
    return seeds;
  }

  static List<Seed> seeds() {
    List<Seed> seeds = new ArrayList<>();
    for (Encoding encoding : Encoding.values()) {
      byte[] words = gray(encoding.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      DicomWriter writer = grayImage(encoding).bytes(Tags.PIXELS, Vr.OW, words);
      seeds.add(
          new Seed("plain-" + encoding.name().toLowerCase(Locale.ROOT), writer.file(), gray()));
    }
    DicomWriter plain = grayImage(Encoding.EXPLICIT_LITTLE).bytes(Tags.PIXELS, Vr.OW, gray());
    seeds.add(new Seed("bare", plain.data(), gray()));
    seeds.add(new Seed("deflated", plain.file("1.2.840.10008.1.2.1.99"), gray()));
    seeds.add(compressed("rle", "1.2.840.10008.1.2.5", runLength()));
    seeds.add(compressed("jpeg", "1.2.840.10008.1.2.4.70", stream(GRAY_JPEG)));
    seeds.add(compressed("jls", "1.2.840.10008.1.2.4.80", stream(GRAY_JPEG_LS)));
    seeds.add(compressed("j2k", "1.2.840.10008.1.2.4.90", stream(GRAY_JPEG_2000)));
    seeds.add(coloured("jpeg", "1.2.840.10008.1.2.4.70", stream(COLOUR_JPEG)));
    seeds.add(coloured("jls", "1.2.840.10008.1.2.4.80", stream(COLOUR_JPEG_LS)));
    seeds.add(coloured("j2k", "1.2.840.10008.1.2.4.90", stream(COLOUR_JPEG_2000)));
    return seeds;
  }

  private static byte[] stream(String text) {
    return Base64.getDecoder().decode(text);
  }

  private static DicomWriter grayImage(Encoding encoding) {
    return new DicomWriter(encoding)
        .text(Tags.MODALITY, Vr.CS, "OT")
        .sequence(
            Tags.PIXEL_MEASURES,
            Element.UNDEFINED,
            new DicomWriter(encoding).text(Tags.PIXEL_SPACING, Vr.DS, "1\\1"))
        .number(Tags.SAMPLES_PER_PIXEL, 1)
        .text(Tags.PHOTOMETRIC_INTERPRETATION, Vr.CS, "MONOCHROME2")
        .text(Tags.NUMBER_OF_FRAMES, Vr.IS, "1")
        .number(Tags.ROWS, ROWS)
        .number(Tags.COLUMNS, COLUMNS)
        .number(Tags.BITS_ALLOCATED, 16)
        .number(Tags.BITS_STORED, 12)
        .number(Tags.HIGH_BIT, 11)
        .number(Tags.PIXEL_REPRESENTATION, 0);
  }

  private static Seed compressed(String name, String syntax, byte[] frame) {
    byte[] file = grayImage(Encoding.EXPLICIT_LITTLE).fragments(new int[] {0}, frame).file(syntax);
    return new Seed(name, file, gray());
  }

  private static Seed coloured(String name, String syntax, byte[] frame) {
    byte[] file =
        DicomWriter.explicit()
            .number(Tags.SAMPLES_PER_PIXEL, 3)
            .text(Tags.PHOTOMETRIC_INTERPRETATION, Vr.CS, "RGB")
            .number(Tags.PLANAR_CONFIGURATION, 0)
            .number(Tags.ROWS, ROWS)
            .number(Tags.COLUMNS, COLUMNS)
            .number(Tags.BITS_ALLOCATED, 8)
            .fragments(new int[0], frame)
            .file(syntax);
    return new Seed(name + "-colour", file, colour());
  }

  private static byte[] gray() {
    return gray(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] gray(ByteOrder order) {
    ByteBuffer words = ByteBuffer.allocate(2 * ROWS * COLUMNS).order(order);
    for (int y = 0; y < ROWS; y++) {
      for (int x = 0; x < COLUMNS; x++) {
        words.putShort((short) ((x * x * 37 + y * y * 11 + x * y * 3) % 4096));
      }
    }
    return words.array();
  }

  private static byte[] colour() {
    ByteBuffer bytes = ByteBuffer.allocate(3 * ROWS * COLUMNS);
    for (int y = 0; y < ROWS; y++) {
      for (int x = 0; x < COLUMNS; x++) {
        bytes.put((byte) (x * 20)).put((byte) (y * 17)).put((byte) (x * y * 2));
      }
    }
    return bytes.array();
  }

  /** Two segments of literal runs, the upper bytes first. */
  private static byte[] runLength() {
    byte[] words = gray();
    int pixels = ROWS * COLUMNS;
    ByteBuffer frame = ByteBuffer.allocate(64 + 2 * (pixels + 2)).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(2).putInt(64).putInt(64 + pixels + 2).position(64);
    for (int half = 1; half >= 0; half--) {
      frame.put((byte) (pixels - 1));
      for (int i = 0; i < pixels; i++) {
        frame.put(words[2 * i + half]);
      }
      frame.put((byte) -128);
    }
    return frame.array();
  }

  private static byte[] palette() {
    DicomWriter writer =
        DicomWriter.explicit()
            .text(Tags.PHOTOMETRIC_INTERPRETATION, Vr.CS, "PALETTE COLOR")
            .number(Tags.ROWS, 4)
            .number(Tags.COLUMNS, 4)
            .number(Tags.BITS_ALLOCATED, 8);
    for (int i = 0; i < 3; i++) {
      writer.number(Tags.RED_DESCRIPTOR + i, 16, 0, 16);
    }
    for (int i = 0; i < 3; i++) {
      writer.bytes(
          Tags.SEGMENTED_RED_DATA + i, Vr.OW, new byte[] {0, 0, 1, 0, 5, 0, 1, 0, 15, 0, 90, 7});
    }
    return writer.bytes(Tags.PIXELS, Vr.OB, new byte[16]).file();
  }
}
