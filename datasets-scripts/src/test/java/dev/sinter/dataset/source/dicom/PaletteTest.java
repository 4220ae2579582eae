package dev.sinter.dataset.source.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.VoxelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class PaletteTest {

  private static byte[] words(int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      buffer.putShort((short) value);
    }
    return buffer.array();
  }

  private static DicomWriter image(int first, int bits, int dataTag, int[]... colours) {
    DicomWriter writer =
        DicomWriter.explicit()
            .text(Tags.PHOTOMETRIC_INTERPRETATION, Vr.CS, "PALETTE COLOR")
            .number(Tags.ROWS, 1)
            .number(Tags.COLUMNS, 4)
            .number(Tags.BITS_ALLOCATED, 8);
    for (int i = 0; i < 3; i++) {
      writer.number(Tags.RED_DESCRIPTOR + i, 4, first, bits);
    }
    for (int i = 0; i < 3; i++) {
      writer.bytes(dataTag + i, Vr.OW, words(colours[i]));
    }
    return writer.bytes(Tags.PIXELS, Vr.OB, new byte[] {0, 10, 11, 99});
  }

  @Test
  void givesColoursToTrainOnAndIndicesAsStored() {
    byte[] file =
        image(
                10,
                16,
                Tags.RED_DATA,
                new int[] {0x0101, 0xffff, 0, 0x0303},
                new int[] {0, 0, 0, 0x0404},
                new int[] {0x0707, 0, 0, 0x0505})
            .file();

    RawImage colours = (RawImage) DicomReader.source("x", file);
    RawSource indices = DicomReader.storedSource("x", file);

    assertThat(colours.channels()).isEqualTo(3);
    // Both halves of each 16-bit entry hold the same byte.
    assertThat(colours.type()).isEqualTo(VoxelType.UINT8);
    assertThat(colours.values()).containsExactly(1, 1, 255, 3, 0, 0, 0, 4, 7, 7, 0, 5);
    assertThat(indices.values()).containsExactly(0, 10, 11, 99);
  }

  @Test
  void keepsSixteenBitsThatSayMore() {
    int[] ramp = {0, 300, 40000, 65535};

    RawSource source =
        DicomReader.source("x", image(10, 16, Tags.RED_DATA, ramp, ramp, ramp).file());

    assertThat(source.type()).isEqualTo(VoxelType.UINT16);
    assertThat(source.values()).startsWith(0, 0, 300, 65535);
  }

  @Test
  void readsBytesTwoInAWord() {
    int[] packed = {0x0201, 0x0403};

    RawSource source =
        DicomReader.source("x", image(10, 8, Tags.RED_DATA, packed, packed, packed).file());

    assertThat(source.values()).startsWith(1, 1, 2, 4);
  }

  /** PS3.3 C.7.9.2: a run, a ramp, and the ramp once more. */
  @Test
  void expandsSegments() {
    int[] words = {0, 1, 10, 1, 2, 30, 2, 1, 6, 0};

    int[] entries = new PaletteSegments(words, 6).expanded();

    assertThat(entries).containsExactly(10, 20, 30, 30, 30, 30);
    int[] run = {0, 2, 5, 7};
    assertThat(
            DicomReader.source("x", image(10, 16, Tags.SEGMENTED_RED_DATA, run, run, run).file())
                .values())
        .startsWith(5, 5, 7, 7);
  }

  @Test
  void refusesSegmentsThatDoNotEnd() {
    int[][] damaged = {
      {}, {0, 5, 1}, {1, 2, 3}, {2, 1, 0, 0}, {0, 0}, {7, 1}, {0, 1, 1, 2, 1, 9, 0}
    };
    for (int[] words : damaged) {
      assertThatThrownBy(() -> new PaletteSegments(words, 16).expanded())
          .as("%s", java.util.Arrays.toString(words))
          .hasMessageContaining("damaged");
    }
  }

  @Test
  void refusesAPaletteThatIsMissing() {
    byte[] file =
        DicomWriter.explicit()
            .text(Tags.PHOTOMETRIC_INTERPRETATION, Vr.CS, "PALETTE COLOR")
            .number(Tags.ROWS, 1)
            .number(Tags.COLUMNS, 1)
            .number(Tags.BITS_ALLOCATED, 8)
            .bytes(Tags.PIXELS, Vr.OB, new byte[2])
            .file();

    assertThatThrownBy(() -> DicomReader.source("x", file))
        .hasMessageContaining("Red Palette Color Lookup Table (0028,1101)");
    assertThat(DicomReader.storedSource("x", file).values()).containsExactly(0);
  }
}
