package dev.sinter.dataset.source.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.error.SinterException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Files that the tests make: read back as written, and refused with a code when damaged. */
class DicomMutationTest {
  private static final String PATIENT = "DOE^JANE K4711";
  private static final int PATIENT_NAME = 0x00100010;

  private static DicomWriter patient(Encoding encoding) {
    return new DicomWriter(encoding)
        .text(Tags.MODALITY, Vr.CS, "MR")
        .text(PATIENT_NAME, Vr.PN, PATIENT)
        .text(Tags.PATIENT_ID, Vr.LO, PATIENT);
  }

  private static DicomWriter image(
      Encoding encoding, int rows, int columns, int frames, int samples, int bits, int planar) {
    return patient(encoding)
        .number(Tags.SAMPLES_PER_PIXEL, samples)
        .text(Tags.PHOTOMETRIC_INTERPRETATION, Vr.CS, samples == 1 ? "MONOCHROME2" : "RGB")
        .number(Tags.PLANAR_CONFIGURATION, planar)
        .text(Tags.NUMBER_OF_FRAMES, Vr.IS, Integer.toString(frames))
        .number(Tags.ROWS, rows)
        .number(Tags.COLUMNS, columns)
        .number(Tags.BITS_ALLOCATED, bits)
        .sequence(
            Tags.PIXEL_MEASURES,
            Element.UNDEFINED,
            new DicomWriter(encoding).text(Tags.PIXEL_SPACING, Vr.DS, "1\\1"));
  }

  @Property(tries = 300)
  void readsBackWhatIsWritten(
      @ForAll Encoding encoding,
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 9) int columns,
      @ForAll @IntRange(min = 1, max = 3) int frames,
      @ForAll boolean colour,
      @ForAll boolean planar,
      @ForAll @IntRange(min = 0, max = 2) int width,
      @ForAll long seed) {
    int samples = colour ? 3 : 1;
    int bytes = 1 << width;
    int pixels = rows * columns;
    byte[] expected = new byte[frames * pixels * samples * bytes];
    new Random(seed).nextBytes(expected);
    byte[] written = new byte[expected.length];
    for (int i = 0; i < expected.length; i++) {
      int at = i / bytes;
      if (planar && colour) {
        int frame = at / (pixels * samples);
        int within = at % (pixels * samples);
        at = frame * pixels * samples + within % samples * pixels + within / samples;
      }
      int significance = encoding.isBigEndian() ? bytes - 1 - i % bytes : i % bytes;
      written[at * bytes + significance] = expected[i];
    }
    byte[] file =
        image(encoding, rows, columns, frames, samples, 8 * bytes, planar ? 1 : 0)
            .bytes(Tags.PIXELS, bytes == 1 ? Vr.OB : Vr.OW, written)
            .file();

    DicomImage image = DicomReader.image("x", file);

    assertThat(image.stored()).isEqualTo(expected);
    assertThat(image.facts().patient().id()).isEqualTo(PATIENT);
    assertThat(image.facts().toString()).doesNotContain("DOE");
  }

  @Property(tries = 10_000)
  void answersDamageWithACode(
      @ForAll Encoding encoding,
      @ForAll @IntRange(min = 0, max = 3) int kind,
      @ForAll @IntRange(min = 1, max = 12) int changes,
      @ForAll long seed) {
    byte[] file = sample(encoding, kind);
    Random random = new Random(seed);
    for (int i = 0; i < changes; i++) {
      int at =
          random.nextBoolean()
              ? random.nextInt(file.length)
              : 132 + random.nextInt(400) % (file.length - 132);
      switch (random.nextInt(3)) {
        case 0 -> file[at] = (byte) random.nextInt();
        case 1 -> file[at] = (byte) 0xff;
        default -> file[at] ^= (byte) (1 << random.nextInt(8));
      }
    }
    if (random.nextInt(4) == 0) {
      file = java.util.Arrays.copyOf(file, random.nextInt(file.length));
    }
    readOrRefuse(file);
  }

  private static byte[] sample(Encoding encoding, int kind) {
    return switch (kind) {
      case 0 -> image(encoding, 4, 4, 2, 3, 8, 1).bytes(Tags.PIXELS, Vr.OB, new byte[96]).file();
      case 1 -> {
        ByteBuffer frame = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(1).putInt(64).position(64);
        frame.put((byte) -15).put((byte) 3);
        yield image(Encoding.EXPLICIT_LITTLE, 4, 4, 2, 1, 8, 0)
            .fragments(new int[] {0, 88}, frame.array(), frame.array())
            .file("1.2.840.10008.1.2.5");
      }
      case 2 ->
          image(Encoding.EXPLICIT_LITTLE, 4, 4, 1, 1, 16, 0)
              .bytes(Tags.PIXELS, Vr.OW, new byte[32])
              .file("1.2.840.10008.1.2.1.99");
      default -> {
        DicomWriter writer = patient(encoding);
        for (int i = 0; i < 3; i++) {
          writer.number(Tags.RED_DESCRIPTOR + i, 4, 0, 16);
        }
        for (int i = 0; i < 3; i++) {
          writer.bytes(Tags.SEGMENTED_RED_DATA + i, Vr.OW, new byte[] {0, 0, 2, 0, 1, 0, 2, 0});
        }
        yield writer
            .text(Tags.PHOTOMETRIC_INTERPRETATION, Vr.CS, "PALETTE COLOR")
            .number(Tags.ROWS, 4)
            .number(Tags.COLUMNS, 4)
            .number(Tags.BITS_ALLOCATED, 8)
            .bytes(Tags.PIXELS, Vr.OW, new byte[16])
            .file();
      }
    };
  }

  private static void readOrRefuse(byte[] file) {
    try {
      DicomImage image = DicomReader.image("x", file);
      assertThat(image.source().values()).isNotEmpty();
    } catch (SinterException e) {
      assertThat(e.code()).isNotEmpty();
      assertThat(e.getMessage()).doesNotContain("DOE").doesNotContain("K4711");
    }
  }
}
