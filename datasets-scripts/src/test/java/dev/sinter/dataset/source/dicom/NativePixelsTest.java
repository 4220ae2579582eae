package dev.sinter.dataset.source.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.Scaling;
import dev.sinter.dataset.source.VoxelType;
import dev.sinter.error.SinterException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NativePixelsTest {
  private static final int OVERLAY_BITS = 0x60000100;

  private static DicomWriter colour(Encoding encoding, String photometric, int planar) {
    return new DicomWriter(encoding)
        .number(Tags.SAMPLES_PER_PIXEL, 3)
        .text(Tags.PHOTOMETRIC_INTERPRETATION, Vr.CS, photometric)
        .number(Tags.PLANAR_CONFIGURATION, planar)
        .number(Tags.ROWS, 1)
        .number(Tags.COLUMNS, 2)
        .number(Tags.BITS_ALLOCATED, 8);
  }

  private static DicomWriter gray16(int rows, int columns, int stored, int high, int signed) {
    return DicomWriter.explicit()
        .text(Tags.PHOTOMETRIC_INTERPRETATION, Vr.CS, "MONOCHROME2")
        .number(Tags.ROWS, rows)
        .number(Tags.COLUMNS, columns)
        .number(Tags.BITS_ALLOCATED, 16)
        .number(Tags.BITS_STORED, stored)
        .number(Tags.HIGH_BIT, high)
        .number(Tags.PIXEL_REPRESENTATION, signed);
  }

  @Test
  void invertsLowValuesThatAreBright() {
    DicomImage unsigned = monochrome1(12, 0, 0, 1, 4095);
    DicomImage signed = monochrome1(16, 1, -32768, 0, 32767);

    assertThat(unsigned.source().values()).containsExactly(8180, 8178, -10);
    assertThat(unsigned.source().notes())
        .contains("MONOCHROME1: inverted, so that high values are bright");
    assertThat(unsigned.rescaledSource().values()).containsExactly(-10, -8, 8180);
    assertThat(unsigned.stored()).containsExactly(words(0, 1, 4095));
    assertThat(signed.source().values()).containsExactly(65524, -12, -65546);
  }

  /** Slope 2, intercept -10. */
  private static DicomImage monochrome1(int stored, int signed, int... values) {
    DicomWriter file =
        DicomWriter.explicit()
            .text(Tags.PHOTOMETRIC_INTERPRETATION, Vr.CS, "MONOCHROME1")
            .number(Tags.ROWS, 1)
            .number(Tags.COLUMNS, values.length)
            .number(Tags.BITS_ALLOCATED, 16)
            .number(Tags.BITS_STORED, stored)
            .number(Tags.HIGH_BIT, stored - 1)
            .number(Tags.PIXEL_REPRESENTATION, signed)
            .text(Tags.RESCALE_INTERCEPT, Vr.DS, "-10")
            .text(Tags.RESCALE_SLOPE, Vr.DS, "2")
            .bytes(Tags.PIXELS, Vr.OW, words(values));
    return DicomReader.image("x", file.file());
  }

  @Test
  void invertsWhatATableGave() {
    LookupTable table = new LookupTable(0, 12, new int[] {0, 4095});
    assertThat(Inversion.of(table, words(0, 5, 4095))).containsExactly(words(4095, 4090, 0));
    assertThat(Inversion.of(table, words(0, 4096))).containsExactly(words(65535, 61439));
  }

  private static byte[] shorts(ByteOrder order, int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(2 * values.length).order(order);
    for (int value : values) {
      buffer.putShort((short) value);
    }
    return buffer.array();
  }

  private static byte[] words(int... values) {
    return shorts(ByteOrder.LITTLE_ENDIAN, values);
  }

  private static RawSource source(DicomWriter writer) {
    return DicomReader.source("x", writer.file());
  }

  @ParameterizedTest
  @CsvSource({"1e999,0", "1,-1e999"})
  void refusesASlopeOrInterceptThatIsInfinite(String slope, String intercept) {
    DicomWriter file =
        gray16(1, 1, 16, 15, 0)
            .text(Tags.RESCALE_INTERCEPT, Vr.DS, intercept)
            .text(Tags.RESCALE_SLOPE, Vr.DS, slope)
            .bytes(Tags.PIXELS, Vr.OW, words(1));

    assertThatThrownBy(() -> source(file))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("DICOM_ATTRIBUTE_INVALID"))
        .hasMessageContaining("Infinity");
  }

  @ParameterizedTest
  @EnumSource(Encoding.class)
  void readsWordsInEveryEncoding(Encoding encoding) {
    ByteOrder order = encoding.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    byte[] file =
        DicomWriter.image(encoding, 1, 3, 16)
            .bytes(Tags.PIXELS, Vr.OW, shorts(order, 1, 258, 65535))
            .file();

    DicomImage image = DicomReader.image("x", file);

    assertThat(image.shape()).containsExactly(1, 3);
    assertThat(image.type()).isEqualTo(VoxelType.UINT16);
    assertThat(image.stored()).containsExactly(words(1, 258, 65535));
    assertThat(image.source().values()).containsExactly(1, 258, 65535);
  }

  /** PS3.5 8.1.1: bytes of OW lie in words, which big-endian files turn round. */
  @Test
  void readsBytesOfBigEndianWords() {
    DicomWriter words =
        DicomWriter.image(Encoding.EXPLICIT_BIG, 1, 3, 8)
            .bytes(Tags.PIXELS, Vr.OW, new byte[] {2, 1, 0, 3});
    DicomWriter bytes =
        DicomWriter.image(Encoding.EXPLICIT_BIG, 1, 3, 8)
            .bytes(Tags.PIXELS, Vr.OB, new byte[] {1, 2, 3, 0});

    assertThat(DicomReader.image("x", words.file()).stored()).containsExactly(1, 2, 3);
    assertThat(DicomReader.image("x", bytes.file()).stored()).containsExactly(1, 2, 3);
  }

  /** Frames of single bits follow each other without a gap, lowest bit first. */
  @Test
  void readsSingleBitsAcrossFrames() {
    byte[] file =
        DicomWriter.explicit()
            .text(Tags.NUMBER_OF_FRAMES, Vr.IS, "2")
            .number(Tags.ROWS, 1)
            .number(Tags.COLUMNS, 5)
            .number(Tags.BITS_ALLOCATED, 1)
            .bytes(Tags.PIXELS, Vr.OB, new byte[] {(byte) 0b0100_1101, 0b10})
            .file();

    DicomImage image = DicomReader.image("x", file);

    assertThat(image.shape()).containsExactly(2, 1, 5);
    assertThat(image.stored()).containsExactly(1, 0, 1, 1, 0, 0, 1, 0, 0, 1);
  }

  @Test
  void readsPlanesOfColour() {
    byte[] planes = {1, 2, 11, 12, 21, 22};
    DicomImage image =
        DicomReader.image(
            "x",
            colour(Encoding.EXPLICIT_LITTLE, "RGB", 1).bytes(Tags.PIXELS, Vr.OB, planes).file());

    assertThat(image.shape()).containsExactly(1, 2, 3);
    assertThat(image.stored()).containsExactly(1, 11, 21, 2, 12, 22);
    assertThat(((RawImage) image.source()).pixels()).containsExactly(planes);
  }

  @Test
  void readsHalfTheColumnsOfColour() {
    byte[] stored = {(byte) 76, (byte) 149, 85, (byte) 255};
    DicomImage image =
        DicomReader.image(
            "x",
            colour(Encoding.EXPLICIT_LITTLE, "YBR_FULL_422", 0)
                .bytes(Tags.PIXELS, Vr.OB, stored)
                .file());

    assertThat(image.stored()).containsExactly(76, 85, (byte) 255, (byte) 149, 85, (byte) 255);
    // Pure red, then a lighter one that is cut at 255.
    assertThat(image.source().values()).containsExactly(254, 255, 0, 73, 0, 73);
  }

  /** Values of the standard's own table of colours. */
  @ParameterizedTest
  @CsvSource({
    "255,128,128,255,255,255",
    "0,128,128,0,0,0",
    "150,44,21,0,255,1",
    "29,255,107,0,0,254"
  })
  void turnsLuminanceFirstIntoColours(int y, int cb, int cr, int red, int green, int blue) {
    byte[] ybr = {(byte) y, (byte) cb, (byte) cr};
    byte[] deep = {0, (byte) y, 0, (byte) cb, 0, (byte) cr};

    assertThat(new Colour(Photometric.YBR_FULL, 8).rgb(ybr))
        .containsExactly((byte) red, (byte) green, (byte) blue);
    byte[] rgb = new Colour(Photometric.YBR_FULL, 16).rgb(deep);
    assertThat(rgb[1] & 0xff).isBetween(red - 1, red);
    assertThat(rgb[3] & 0xff).isBetween(green - 1, green);
    assertThat(rgb[5] & 0xff).isBetween(blue - 1, blue);
  }

  @Test
  void stretchesThePartialRange() {
    byte[] ybr = {16, (byte) 128, (byte) 128, (byte) 235, (byte) 128, (byte) 128};

    assertThat(new Colour(Photometric.YBR_PARTIAL_422, 8).rgb(ybr))
        .containsExactly(0, 0, 0, (byte) 255, (byte) 255, (byte) 255);
  }

  /** Overlays of old files lie in the upper bits, PS3.5 8.1.2. */
  @Test
  void cutsOffWhatIsNotStored() {
    DicomWriter writer =
        gray16(1, 3, 12, 11, 0)
            .number(OVERLAY_BITS, 16)
            .bytes(Tags.PIXELS, Vr.OW, words(0x8001, 0x1fff, 0x0005));

    assertThat(source(writer).values()).containsExactly(1, 4095, 5);
    assertThat(DicomReader.image("x", writer.file()).stored())
        .containsExactly(words(0x8001, 0x1fff, 0x0005));
  }

  @Test
  void shiftsValuesThatLieHigh() {
    DicomWriter writer = gray16(1, 2, 12, 15, 0).bytes(Tags.PIXELS, Vr.OW, words(0x0010, 0xffff));

    assertThat(source(writer).values()).containsExactly(1, 4095);
  }

  @Test
  void doesNotShiftValuesThatLieLow() {
    DicomWriter writer = gray16(1, 2, 12, 15, 0).bytes(Tags.PIXELS, Vr.OW, words(0x0011, 0x0fff));

    assertThat(source(writer).values()).containsExactly(0x11, 0xfff);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "17, 16", "12, 3", "12, 99"})
  void takesWholeWordsWhereTheirBitsAreWrong(int bitsStored, int highBit) {
    DicomWriter writer =
        gray16(1, 2, bitsStored, highBit, 0).bytes(Tags.PIXELS, Vr.OW, words(1, 0x0abc));

    assertThat(source(writer).values()).containsExactly(1, 0xabc);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MONOCHROME", "RGB", "gray"})
  void readsOneSampleAsGrayWhateverItIsCalled(String name) {
    byte[] file =
        DicomWriter.explicit()
            .text(Tags.PHOTOMETRIC_INTERPRETATION, Vr.CS, name)
            .number(Tags.ROWS, 1)
            .number(Tags.COLUMNS, 2)
            .number(Tags.BITS_ALLOCATED, 8)
            .bytes(Tags.PIXELS, Vr.OB, new byte[] {3, 4})
            .file();

    assertThat(DicomReader.source("x", file).values()).containsExactly(3, 4);
  }

  @Test
  void extendsSigns() {
    DicomWriter plain = gray16(1, 3, 12, 11, 1).bytes(Tags.PIXELS, Vr.OW, words(0xfff, 0x800, 7));
    DicomWriter done =
        gray16(1, 3, 12, 11, 1).bytes(Tags.PIXELS, Vr.OW, words(0xffff, 0xf800, 0x0fff));

    assertThat(source(plain).values()).containsExactly(-1, -2048, 7);
    // The writer extended signs itself, so 0x0fff is 4095 and Bits Stored is wrong.
    assertThat(source(done).values()).containsExactly(-1, -2048, 4095);
  }

  @Test
  void readsFloats() {
    ByteBuffer floats = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    floats.putFloat(1.5f).putFloat(Float.NaN);
    ByteBuffer doubles = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    doubles.putDouble(-2.5).putDouble(1e300);
    DicomWriter size = DicomWriter.explicit().number(Tags.ROWS, 1).number(Tags.COLUMNS, 2);
    byte[] head = size.data();

    RawSource single =
        source(DicomWriter.explicit().raw(head).bytes(Tags.FLOAT_PIXELS, Vr.OF, floats.array()));
    RawSource twice =
        source(DicomWriter.explicit().raw(head).bytes(Tags.DOUBLE_PIXELS, Vr.OD, doubles.array()));

    assertThat(single.type()).isEqualTo(VoxelType.FLOAT32);
    assertThat(single.values()).containsExactly(1.5f, Float.NaN);
    assertThat(twice.type()).isEqualTo(VoxelType.FLOAT64);
    assertThat(twice.values()[0]).isEqualTo(-2.5f);
  }

  @Test
  void keepsSlopeAndInterceptApart() {
    DicomWriter writer =
        gray16(1, 1, 16, 15, 0)
            .text(Tags.RESCALE_INTERCEPT, Vr.DS, "-1024")
            .text(Tags.RESCALE_SLOPE, Vr.DS, "2")
            .bytes(Tags.PIXELS, Vr.OW, words(600));

    RawSource source = source(writer);

    assertThat(source.scaling()).isEqualTo(new Scaling(2, -1024));
    assertThat(source.values()).containsExactly(176);
  }

  @Test
  void refusesASlopeThatIsNoNumber() {
    DicomWriter writer =
        gray16(1, 1, 16, 15, 0)
            .text(Tags.RESCALE_SLOPE, Vr.DS, "one")
            .bytes(Tags.PIXELS, Vr.OW, words(600));

    assertThatThrownBy(() -> source(writer)).hasMessageContaining("Rescale Slope (0028,1053)");
  }

  @Test
  void appliesAModalityTable() {
    DicomWriter table =
        DicomWriter.explicit()
            .number(Tags.LUT_DESCRIPTOR, 3, 10, 16)
            .bytes(Tags.LUT_DATA, Vr.OW, words(100, 200, 50000));
    DicomWriter writer =
        gray16(1, 4, 16, 15, 0)
            .sequence(Tags.MODALITY_LUT, 0, table)
            .bytes(Tags.PIXELS, Vr.OW, words(0, 10, 11, 99));

    assertThat(source(writer).values()).containsExactly(100, 100, 200, 50000);
  }

  @Test
  void rescalesFramesThatDiffer() {
    DicomWriter[] frames = new DicomWriter[2];
    for (int i = 0; i < 2; i++) {
      DicomWriter values =
          DicomWriter.explicit()
              .text(Tags.RESCALE_INTERCEPT, Vr.DS, "0")
              .text(Tags.RESCALE_SLOPE, Vr.DS, i == 0 ? "0.5" : "4");
      frames[i] =
          DicomWriter.explicit()
              .sequence(Tags.PIXEL_VALUE_TRANSFORMATION, Element.UNDEFINED, values);
    }
    DicomWriter writer =
        gray16(1, 1, 16, 15, 0)
            .text(Tags.NUMBER_OF_FRAMES, Vr.IS, "2")
            .sequence(Tags.PER_FRAME_FUNCTIONAL_GROUPS, 0, frames)
            .bytes(Tags.PIXELS, Vr.OW, words(10, 10));

    RawVolume volume = (RawVolume) source(writer);

    assertThat(volume.type()).isEqualTo(VoxelType.FLOAT32);
    assertThat(volume.values()).containsExactly(5, 40);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 2, 8, 8, 'Rows (0028,0010) is 0'",
    "1, 2, 12, 12, pixels of 12 bits allocated",
    "9, 2, 8, 8, need 18 bytes",
  })
  void refusesWhatCannotBe(int rows, int columns, int bits, int stored, String message) {
    DicomWriter writer =
        DicomWriter.explicit()
            .number(Tags.ROWS, rows)
            .number(Tags.COLUMNS, columns)
            .number(Tags.BITS_ALLOCATED, bits)
            .number(Tags.BITS_STORED, stored)
            .bytes(Tags.PIXELS, Vr.OW, new byte[16]);

    assertThatThrownBy(() -> source(writer))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2147483647", "99999999999", "-1"})
  void refusesFramesThatAreNotThere(String frames) {
    DicomWriter writer =
        DicomWriter.explicit()
            .text(Tags.NUMBER_OF_FRAMES, Vr.IS, frames)
            .number(Tags.ROWS, 65535)
            .number(Tags.COLUMNS, 65535)
            .number(Tags.BITS_ALLOCATED, 32)
            .bytes(Tags.PIXELS, Vr.OW, new byte[16]);

    assertThatThrownBy(() -> source(writer)).isInstanceOf(SinterException.class);
  }
}
